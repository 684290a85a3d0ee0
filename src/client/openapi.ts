// Written by `npm run client:types` from /openapi.json. Do not change it by hand.

/** What the entry shows. */
export type ContentClass =
  | 'csam_baseline'
  | 'csam_illegal'
  | 'csam_a1'
  | 'csam_a2'
  | 'csam_b1'
  | 'csam_b2'
  | 'cse_borderline'
  | 'csam_synthetic'
  | 'ncii_adult'
  | 'ncii_minor'
  | 'ncii_synthetic'
  | 'tvec'
  | 'test'
  | 'known_good'
  | 'unclassified';

export type Orientation =
  | 'identity'
  | 'rotate90'
  | 'rotate180'
  | 'rotate270'
  | 'flip_x'
  | 'flip_y'
  | 'flip_plus1'
  | 'flip_minus1';

export type TurnedOrientation = 'rotate90' | 'rotate180' | 'rotate270' | 'flip_x' | 'flip_y' | 'flip_plus1' | 'flip_minus1';

export interface PdqHash {
  readonly value: string;
  /** PDQ quality, 0-100. */
  readonly quality?: number | undefined;
  readonly orientation?: Orientation | undefined;
  readonly variant?: string | undefined;
}

export interface TurnedBlockhash {
  readonly value: string;
  readonly orientation: TurnedOrientation;
}

export interface SourceCode {
  /** The classification scheme and its version. VICS 0 has opposite meanings in two schemes. */
  readonly scheme: string;
  readonly code: string;
}

/** Where the content comes from. A list may require the four named fields; others are free. */
export interface Provenance {
  readonly unit?: string | undefined;
  readonly reference?: string | undefined;
  readonly legalBasis?: string | undefined;
  readonly date?: string | undefined;
  readonly [name: string]: string | undefined;
}

export type Recipient =
  | 'ofac'
  | 'cnaip'
  | 'ncmec_cybertipline'
  | 'issuing_authority'
  | 'competent_authority'
  | 'hotline'
  | 'notifier'
  | 'dsa_transparency_database';

/** One duty of a regime that your organisation switched on. Configuration, not legal advice. */
export interface Obligation {
  /** The id of the regime. */
  readonly regime: string;
  readonly duty:
    | 'remove'
    | 'remove_copies'
    | 'report'
    | 'inform_issuer'
    | 'inform_uploader'
    | 'publish_reasons'
    | 'accept_complaints'
    | 'preserve'
    | 'destroy';
  /** The id of the order or notice that started the clock. Null: a match started it. */
  readonly demand: string | null;
  /** What starts the clock: Vigie found a match, the platform received a notice, or it received an order. */
  readonly startsFrom: 'detected' | 'notice_received' | 'order_received';
  readonly startedAt: string;
  /** Null: without undue delay. */
  readonly deadlineAt: string | null;
  /** When a lasting duty ends, such as preservation. Null: it is done once, or the law names no end. */
  readonly until: string | null;
  /** Who must receive the report or the answer. */
  readonly recipients: readonly Recipient[];
  /** The article or section that imposes the duty. */
  readonly basis: string;
  /** In words, when the duty applies. A person decides whether it does. Null: it always applies. */
  readonly when: string | null;
  /** True: nobody has checked the regime's row against its source yet. GET /v1/regimes names what to check. */
  readonly unverified: boolean;
}

export interface Claim {
  readonly id: string;
  /** Null: built in. */
  readonly organisation: string | null;
  /** Where the content comes from. A list may require the four named fields; others are free. */
  readonly provenance: Provenance;
  /** When the claim ends by itself. Null: never. */
  readonly expiresAt: string | null;
  readonly madeAt: string;
}

export interface Frames {
  readonly looked: number;
  readonly of: number;
}

/** Hashes of one image, at least one. */
export interface Hashes {
  readonly pdq?: string | readonly PdqHash[] | undefined;
  readonly blockhash?: string | undefined;
  readonly turnedBlockhashes?: readonly TurnedBlockhash[] | undefined;
  /** Matches only an equal hash. An entry that PDQ does not find as well is held for review. */
  readonly md5?: string | undefined;
  /** Matches only an equal hash. An entry that PDQ does not find as well is held for review. */
  readonly sha1?: string | undefined;
  /** Matches only an equal hash. */
  readonly sha256?: string | undefined;
  /** Matches only an equal hash. An entry that PDQ does not find as well is held for review. */
  readonly photodna?: string | undefined;
  /** PDQ quality, 0-100. */
  readonly quality?: number | undefined;
}

export interface MatchRequest {
  /** Hashes of one image, at least one. */
  readonly hashes?: Hashes | undefined;
  /** Where the image is, http or https. An operator says which hosts Vigie fetches from. */
  readonly url?: string | undefined;
}

export interface BatchItem {
  /** Your name for the item; its result carries it. */
  readonly id: string;
  /** Hashes of one image, at least one. */
  readonly hashes: Hashes;
}

export interface Match {
  /** The id of the entry, if you may read its list. Otherwise a pseudonym made for your organisation, the same each time. Null: your key sees only that something matched. */
  readonly entry: string | null;
  readonly list: string;
  /** What the entry shows. */
  readonly class: ContentClass;
  /** `exact`: equal hashes. `near`: similar PDQ hashes or blockhashes. */
  readonly matchType: 'exact' | 'near';
  /** `exact`: equal hashes. `tight` or `wide`: within that one of the list's distances. `far`: beyond them; it only holds. Null: your key sees only that something matched. */
  readonly band: 'exact' | 'tight' | 'wide' | 'far' | null;
  /** The algorithm that found the match. Null: your key sees no distances. */
  readonly algorithm: 'pdq' | 'blockhash' | 'md5' | 'sha1' | 'sha256' | 'photodna' | null;
  /** The variant of the image that matched, `full` for the whole image. Null: your key sees no distances. */
  readonly variant: string | null;
  /** Hamming distance in bits, 0 for equal digests. Rounded to steps of 8 bits unless you may read the list. Null: your key sees no distances. */
  readonly distance: number | null;
  /** The largest distance at which the list matches. Null: your key sees no distances. */
  readonly threshold: number | null;
  /** How the entry must be turned to look like the query. Null: your key sees no distances. */
  readonly orientation: Orientation | null;
  /** The query is a negative of the entry. Null: your key sees no distances. */
  readonly negative: boolean | null;
  /** A second algorithm agrees, or several variants agree on one geometry. Null: your key sees no distances. */
  readonly corroborated: boolean | null;
  /** How the query was made of the entry's picture. Null for equal hashes also. Null: your key sees no distances. */
  readonly transformation: {
    /** How far the picture was turned, in degrees, clockwise. */
    readonly tilt: number;
    /** The share that is cut off each side of the entry's picture. Null: unknown. */
    readonly crop: {
      readonly left: number;
      readonly top: number;
      readonly right: number;
      readonly bottom: number;
    } | null;
    /** The share of the query that lies around the picture on each side. Null: unknown. */
    readonly frame: {
      readonly left: number;
      readonly top: number;
      readonly right: number;
      readonly bottom: number;
    } | null;
    /** The share of the query that was found to be the same, without its frame. */
    readonly agreeing: number;
  } | null;
  /** What this match leads to by itself. */
  readonly action: 'remove' | 'remove_and_report' | 'hold_for_review' | 'suppress' | 'test_match';
  /** The version of the list that decided the action. */
  readonly policyVersion: number;
}

export interface Removal {
  readonly action: 'remove' | 'remove_and_report';
  /** What your regimes oblige you to do. The earliest deadline comes first, obligations without one last. */
  readonly obligations: readonly Obligation[];
  /** The latest end of a duty to preserve. */
  readonly preserveUntil: string | null;
  /** The recipients of all duties to report. */
  readonly reportTo: readonly Recipient[];
}

/** What Vigie knows about an image, and what to do with it. */
export interface Verdict {
  /** Names this verdict in later calls, for example feedback. */
  readonly requestId: string;
  /** What to do with the content. `no_known_match` does not mean that the content is harmless. */
  readonly verdict:
    | 'remove_and_report'
    | 'remove'
    | 'hold_for_review'
    | 'quarantined'
    | 'suppressed'
    | 'test_match'
    | 'unscannable'
    | 'no_known_match';
  /** Why Vigie could not hash the whole image. `truncated` beside matches: the part that the file still shows matches. */
  readonly reason:
    | 'not_an_image'
    | 'truncated'
    | 'too_many_pixels'
    | 'too_many_frames'
    | 'too_small'
    | 'flat'
    | 'timeout'
    | 'decoder_crashed'
    | 'unsupported_format'
    | null;
  /** The strongest match first. */
  readonly matches: readonly Match[];
  /** Null: the verdict does not remove the content. */
  readonly removal: Removal | null;
  /** Hashes of the query. Of its PDQ hashes, only the one of the whole upright image. */
  readonly hashes: {
    readonly pdq?: string | undefined;
    readonly blockhash?: string | undefined;
    readonly md5?: string | undefined;
    readonly sha1?: string | undefined;
    readonly sha256?: string | undefined;
    readonly photodna?: string | undefined;
    /** PDQ quality, 0-100. */
    readonly quality?: number | undefined;
  };
  /** Frames or pages of the image that Vigie hashed, and all of them. Null: no image, or one that cannot be read. */
  readonly frames: Frames | null;
  readonly index: {
    /** Changes whenever an entry changes that you may match against. Compare it for equality only. */
    readonly version: string;
    /** Time since the index was last known to be up to date. */
    readonly ageMs: number;
  };
  readonly policy: {
    /** Changes whenever a list changes that you may match against. */
    readonly version: string;
  };
}

/** Hashes of an image. You can send `hashes` to POST /v1/match and POST /v1/entries as it is. */
export interface HashAnswer {
  readonly hashes: {
    readonly pdq?: readonly {
      readonly value: string;
      /** PDQ quality, 0-100. */
      readonly quality: number;
      readonly orientation: Orientation;
      readonly variant: string;
    }[];
    readonly blockhash?: string | undefined;
    /** The blockhash of the image in each other orientation. */
    readonly turnedBlockhashes?: readonly {
      readonly value: string;
      readonly orientation: TurnedOrientation;
    }[];
    readonly md5: string;
    readonly sha1: string;
    readonly sha256: string;
    /** PDQ quality, 0-100. */
    readonly quality?: number | undefined;
  };
  readonly width: number | null;
  readonly height: number | null;
  readonly format: string | null;
  /** Why there are no perceptual hashes. `truncated`: they are those of what the file still shows. The digests are always there. */
  readonly unscannable: string | null;
  /** Frames or pages of the image that Vigie hashed, and all of them. Null: no image, or one that cannot be read. */
  readonly frames: Frames | null;
}

export interface EntryRequest {
  /** The id of the list to enrol into. */
  readonly list: string;
  /** What the image shows. Default: the list's class. */
  readonly class?: ContentClass | undefined;
  /** Where the content comes from. A list may require the four named fields; others are free. */
  readonly provenance?: Provenance | undefined;
  /** The class in other classification schemes. */
  readonly sourceCodes?: readonly SourceCode[] | undefined;
  /** The same text for all images of one victim or one seizure. */
  readonly series?: string | undefined;
  /** True: the image was generated or altered. */
  readonly synthetic?: boolean | undefined;
  /** Why the list should hold content that another organisation withdrew from it. Two people must then confirm the entry. */
  readonly despiteWithdrawal?: string | undefined;
  /** When Vigie withdraws the entry by itself. */
  readonly expiresAt?: string | undefined;
  /** Hashes of one image, at least one. */
  readonly hashes: Hashes;
}

/** One item of known content, without its hashes. */
export interface Entry {
  readonly id: string;
  readonly list: string;
  /** What the image shows. */
  readonly class: ContentClass;
  readonly status: 'draft' | 'verified' | 'disputed' | 'quarantined' | 'withdrawn';
  /** The organisation that enrolled it first. Null: built in. */
  readonly organisation: string | null;
  readonly verification: {
    /** People who confirmed the entry. */
    readonly people: number;
    /** The organisations of those people. */
    readonly organisations: number;
    /** People that the list requires. */
    readonly required: number;
    /** Organisations that the list requires. */
    readonly requiredOrganisations: number;
  };
  /** Number of stored hashes. */
  readonly hashCount: number;
  /** PDQ quality, 0-100. Null: unknown. */
  readonly quality: number | null;
  /** Of the first claim. */
  readonly provenance: Provenance;
  /** The class in other classification schemes. */
  readonly sourceCodes: readonly SourceCode[];
  /** The same text for all images of one victim or one seizure. */
  readonly series: string | null;
  /** True: the image was generated or altered. */
  readonly synthetic: boolean;
  /** When Vigie withdraws the entry by itself: the latest end of its claims. Null: never. */
  readonly expiresAt: string | null;
  /** A withdrawal that waits for a second person of the organisation. Null: there is none. */
  readonly withdrawal: {
    readonly reason: string;
    readonly requestedAt: string;
  } | null;
  /** How the hashes of an entry leave that the person depicted had withdrawn. Null: it is another or no withdrawal. */
  readonly erasure: {
    readonly requestedAt: string;
    /** Vigie deletes the sealed hashes then. Until then, another person can restore the entry. */
    readonly finalAt: string;
    /** True: a second person must confirm it, by a withdrawal with `byVictim`. */
    readonly waiting: boolean;
  } | null;
  /** Who has the content on this list, and why, oldest first. The entry matches until the last claim ends. */
  readonly claims: readonly Claim[];
  /** The entry is a canary of an export. Only analysts and reviewers of the owner of the list see this. */
  readonly canary?: true | undefined;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** The enrolment was received. It does not tell whether the list already holds the content. */
export interface Receipt {
  readonly receipt: string;
}

export interface FeedbackRequest {
  readonly outcome: 'confirmed' | 'false_positive';
  /** The `entry` of a match in the verdict. Default: the first match, which decided the verdict. */
  readonly entry?: string | undefined;
  readonly reason?: string | undefined;
}

export interface Feedback {
  readonly requestId: string;
  readonly entry: string;
  readonly outcome: 'confirmed' | 'false_positive';
  readonly at: string;
}
