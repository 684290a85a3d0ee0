import { type DraftedVerdict, decidingMatches, industryClassOf, isSynthetic } from './classes.js';
import { elementsOf } from './cybertip-fields.js';
import { type CyberTipFacts, cyberTipFields } from './cybertip-rules.js';
import { element, type XmlElement } from './xml.js';

/** A platform's clock may be ahead of ours by this much; NCMEC refuses times in the future. */
const skewMs = 60_000;

/** Leaves out what is not known; `validateCyberTip` names it. */
export function draftCyberTip(verdict: DraftedVerdict, said: CyberTipFacts, now: Date): XmlElement {
  const facts = {
    ...said,
    incident: incidentOf(verdict, said, now),
    reporter: said.reporter ?? {},
    file: fileOf(verdict, said),
  };
  return element('cyberTiplineDraft', elementsOf(cyberTipFields, facts), { sent: 'false' });
}

function incidentOf({ answeredAt }: DraftedVerdict, { incident = {}, file = {} }: CyberTipFacts, now: Date) {
  const at = incident.at ?? file.uploadedAt;
  const whenMatched = 'The time at which the file was matched.';
  return {
    ...incident,
    type: incident.type ?? 'Child Pornography (possession, manufacture, and distribution)',
    at: notAhead(at ?? answeredAt, now),
    atDescription: incident.atDescription ?? (at === undefined ? whenMatched : undefined),
  };
}

/** A time that is only slightly ahead becomes one second ago. */
function notAhead(time: Date, now: Date): Date {
  const ahead = time.getTime() - now.getTime();
  return ahead > -1_000 && ahead <= skewMs ? new Date(now.getTime() - 1_000) : time;
}

function fileOf(verdict: DraftedVerdict, { file = {}, industryHashSharing = false }: CyberTipFacts) {
  return {
    ...file,
    // Never assumed: it decides who may open the file without a warrant (US v. Wilson, 9th Cir. 2021).
    viewedByEsp: file.viewedByEsp ?? false,
    relevance: 'Reported',
    annotations: [...(file.annotations ?? []), ...(isSynthetic(verdict) ? ['generativeAi'] : [])],
    classification: industryHashSharing ? industryClassificationOf(verdict) : undefined,
  };
}

/** Undefined when the entries disagree. */
function industryClassificationOf({ verdict, matches }: DraftedVerdict): string | undefined {
  const said = new Set(decidingMatches(verdict, matches).flatMap((match) => industryClassOf(match.class) ?? []));
  return said.size === 1 ? [...said][0] : undefined;
}
