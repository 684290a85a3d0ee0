/** Source: https://report.cybertip.org/ispws/documentation */

export const incidentTypes = [
  'Child Pornography (possession, manufacture, and distribution)',
  'Child Sex Trafficking',
  'Child Sex Tourism',
  'Child Sexual Molestation',
  'Misleading Domain Name',
  'Misleading Words or Digital Images on the Internet',
  'Online Enticement of Children for Sexual Acts',
  'Unsolicited Obscene Material Sent to a Child',
] as const;

export const reportAnnotations = [
  'sextortion',
  'csamSolicitation',
  'minorToMinorInteraction',
  'spam',
  'sadisticOnlineExploitation',
] as const;

export const fileAnnotations = [
  'animeDrawingVirtualHentai',
  'potentialMeme',
  'viral',
  'possibleSelfProduction',
  'physicalHarm',
  'violenceGore',
  'bestiality',
  'liveStreaming',
  'infant',
  'generativeAi',
] as const;

export const captureEvents = ['Login', 'Registration', 'Purchase', 'Upload', 'Other', 'Unknown'] as const;
export const fileRelevances = ['Reported', 'Supplemental Reported'] as const;
export const industryClassifications = ['A1', 'A2', 'B1', 'B2'] as const;

/** Hexadecimal digits. */
export const hashTypes: Readonly<Record<string, number>> = { MD5: 32, SHA1: 40, SHA256: 64 };
