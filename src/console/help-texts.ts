/** Where people get help, and where the quick exit leads: an operator can replace both. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const text = z.string().min(1).max(300);
const inBoth = z.strictObject({ fr: text, en: text });

const helpline = z
  .strictObject({
    name: text,
    about: inBoth,
    phone: z
      .string()
      .regex(/^\+?[\d ]{2,20}$/, 'must be digits and spaces')
      .optional(),
    url: z.url({ protocol: /^https$/, error: 'must begin with https://' }).optional(),
    /** Shown to people under 18. */
    young: z.boolean().default(false),
  })
  .refine(({ phone, url }) => phone !== undefined || url !== undefined, 'must have a phone or a url');

export const helpTextsSchema = z.strictObject({
  /** A page that nobody minds being seen on. */
  exit: z.url({ protocol: /^https$/, error: 'must begin with https://' }).default('https://www.wikipedia.org/'),
  /** One group per country, in the order shown. */
  countries: z
    .array(z.strictObject({ name: inBoth, helplines: z.array(helpline).min(1).max(20) }))
    .min(1, 'must hold at least one country')
    .max(20),
});
export type HelpTexts = z.output<typeof helpTextsSchema>;

/** @throws with the place of the first fault, so that a service with half a page does not start. */
export async function readHelpTexts(path: string | undefined): Promise<HelpTexts> {
  if (path === undefined) return defaultTexts;
  const read = async (): Promise<unknown> => JSON.parse(await readFile(path, 'utf8'));
  const given = await read().catch((error: Error) => {
    throw new Error(`VIGIE_HELP_TEXTS: ${path} is no JSON file that can be read: ${error.message}`);
  });
  const { success, data, error } = helpTextsSchema.safeParse(given);
  if (success) return data;
  const [issue] = error.issues;
  throw new Error(`VIGIE_HELP_TEXTS: ${path}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
}

const france: z.input<typeof helpTextsSchema>['countries'][number] = {
  name: { fr: 'En France', en: 'In France' },
  helplines: [
    {
      name: '3018',
      phone: '3018',
      url: 'https://e-enfance.org/',
      young: true,
      about: {
        fr: 'Violences en ligne, jeunes et parents. Gratuit et anonyme, tous les jours de 9 h à 23 h.',
        en: 'Online violence, for young people and parents. Free and anonymous, every day from 9 am to 11 pm.',
      },
    },
    {
      name: '119',
      phone: '119',
      url: 'https://www.allo119.gouv.fr/',
      young: true,
      about: {
        fr: 'Enfance en danger. Gratuit, jour et nuit.',
        en: 'Children in danger. Free, day and night.',
      },
    },
    {
      name: '17',
      phone: '17',
      young: true,
      about: {
        fr: 'Police et gendarmerie, si vous êtes en danger maintenant.',
        en: 'Police, if you are in danger now.',
      },
    },
    {
      name: '116 006',
      phone: '116006',
      url: 'https://www.france-victimes.fr/',
      about: {
        fr: 'France Victimes : écoute et conseils, gratuit, tous les jours de 9 h à 20 h.',
        en: 'France Victimes: someone to talk to and advice. Free, every day from 9 am to 8 pm.',
      },
    },
  ],
};

const elsewhere: z.input<typeof helpTextsSchema>['countries'][number] = {
  name: { fr: 'Partout dans le monde', en: 'Anywhere in the world' },
  helplines: [
    {
      name: 'Take It Down',
      url: 'https://takeitdown.ncmec.org/',
      young: true,
      about: {
        fr: 'Pour les images prises avant vos 18 ans. Gratuit et anonyme.',
        en: 'For pictures taken before you were 18. Free and anonymous.',
      },
    },
    {
      name: '112',
      phone: '112',
      young: true,
      about: { fr: 'Urgences, partout en Europe.', en: 'Emergencies, everywhere in Europe.' },
    },
    {
      name: 'Child Helpline International',
      url: 'https://childhelplineinternational.org/helplines/',
      young: true,
      about: {
        fr: 'Trouver une ligne d’écoute pour les jeunes dans votre pays.',
        en: 'Find a helpline for young people in your country.',
      },
    },
    {
      name: 'StopNCII.org',
      url: 'https://stopncii.org/',
      about: {
        fr: 'Pour les adultes : d’autres plateformes, avec la même méthode.',
        en: 'For adults: other platforms, with the same method.',
      },
    },
  ],
};

export const defaultTexts: HelpTexts = helpTextsSchema.parse({ countries: [france, elsewhere] });
