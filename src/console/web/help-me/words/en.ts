export const en = {
  title: 'Vigie: help with a picture',
  skip: 'Go to the content',
  language: 'Language',
  exit: 'Leave now',
  exitHint: 'Or press Escape twice. The page goes away, and the Back button does not bring it back.',
  step: (now: number, of: number) => `Step ${now} of ${of}`,
  back: 'Back',
  next: 'Continue',
  home: 'Start again',
  helplines: 'Talk to someone now',
  newWindow: 'opens in a new window',
  call: (phone: string) => `Call ${phone}`,
  website: 'Website',

  welcome: {
    heading: 'Someone shared a private picture of you, or says they will?',
    lead: 'This is not your fault. We can help to stop the picture from spreading.',
    steps: [
      ['You choose the pictures.', 'Your device turns each picture into a code. The picture never leaves your device.'],
      ['We keep the code only.', 'Nobody can see you in it, and nobody here sees your picture.'],
      ['Platforms compare.', 'When somebody posts the picture on a platform that uses Vigie, it is held back and checked.'],
    ],
    noAccount: 'It is free. You need no account and give no name.',
    age: 'How old are you in the pictures?',
    adult: 'I am 18 or older in all of them',
    young: 'I am under 18 in at least one',
    hasCase: 'I already have a case number',
    soon: 'Are you in danger, or is somebody threatening you?',
  },

  young: {
    heading: 'You are not alone, and you are not in trouble.',
    lead: 'For pictures of people under 18, there are services made for you. They are free. They listen, and they can act faster than we can.',
    advice: [
      'Do not send money or more pictures, whatever the person says.',
      'Keep the messages. They can help you later.',
      'If you can, tell an adult you trust.',
    ],
    adviceHeading: 'What helps now',
    notSo: 'I am 18 or older in all the pictures',
  },

  files: {
    heading: 'Choose the pictures',
    lead: 'Your pictures stay on this device. Only a code for each one is made here.',
    drop: 'Drop pictures here, or',
    choose: 'Choose pictures',
    kinds: 'JPEG, PNG, WebP, GIF and others, up to 100 pictures. No videos yet.',
    working: (done: number, of: number) => `Working on your pictures: ${done} of ${of}`,
    finished: (good: number, of: number) => (good === of ? `Ready: ${countOf(good)}` : `Ready: ${good} of ${of}`),
    list: 'Your pictures',
    state: { waiting: 'Working …', ready: 'Ready', same: (file: string) => `Same picture as ${file}`, left: 'Left out' },
    remove: (name: string) => `Remove ${name}`,
    removeShort: 'Remove',
    why: {
      heic: 'This is a HEIC picture from an iPhone. Open it, take a screenshot, and add the screenshot.',
      video: 'This is a video. You can add screenshots of the moments that show you.',
      too_large: 'This picture is too large (100 megapixels or 100 MB at most). A screenshot of it works.',
      empty: 'This file is empty. Perhaps it did not finish copying.',
      too_small: 'This picture is too small to recognise.',
      flat: 'There is too little in this picture to recognise it. A single colour or a plain text looks like many others.',
      not_an_image: 'This file is not a picture.',
      unreadable: 'Your browser cannot open this picture. A screenshot of it works.',
      too_slow: 'This picture took too long. A screenshot of it works.',
    },
    tooMany: 'A case holds up to 100 pictures. The others were left out. You can open a second case for them.',
    none: 'Choose at least one picture that is ready.',
    wait: 'Your pictures are still being prepared.',
  },

  about: {
    heading: 'Three things to confirm',
    lead: 'We have to ask, so that nobody can misuse this page.',
    adult: 'I am 18 or older, also in the pictures.',
    depicted: 'I am the person in the pictures.',
    noConsent: 'I do not agree that these pictures are shared.',
    missing: 'Please tick all three. If one is not true for you, the people below can help you.',
    where: 'Where did the pictures appear? (optional)',
    whereHint: 'A website, an app, a name. Leave it empty if you do not know or do not want to say.',
  },

  pin: {
    heading: 'Choose a PIN',
    lead: 'With it and your case number, you can see what happens, or stop it at any time.',
    pin: 'PIN',
    pinHint: '6 characters or more. Digits and letters both work.',
    again: 'The same PIN again',
    show: 'Show the PIN',
    short: 'The PIN needs at least 6 characters.',
    different: 'The two PINs are not the same.',
    warning: 'Nobody can recover the PIN, not even us. Choose one that you will remember.',
    open: 'Open my case',
    opening: 'Opening your case …',
    proving: 'Many people need help right now. Your device is doing a short calculation. This takes up to a minute.',
  },

  number: {
    heading: 'Your case is open',
    lead: 'From now on, platforms that use Vigie look for these pictures.',
    label: 'Your case number',
    once: 'We show this number once. Write it down or print it, together with your PIN. Nobody can recover it.',
    copy: 'Copy',
    copied: 'Copied',
    print: 'Print',
    saved: 'I have kept my case number',
    done: 'See my case',
    printed: 'Keep this paper where only you can find it. The PIN is not on it.',
    refused: (count: number) =>
      count === 1
        ? 'One picture could not be added. You can see which one in your case.'
        : `${count} pictures could not be added. You can see which ones in your case.`,
    unsaved: 'Tick the box when you have kept the number.',
  },

  return: {
    heading: 'See your case',
    lead: 'With your case number and your PIN.',
    number: 'Case number',
    numberHint: 'Like ABCD-EFGH-JKMN-P. Small letters and missing hyphens are fine.',
    see: 'See my case',
    wrong: 'This number and this PIN do not go together. Check both and try again.',
    notANumber: 'This is not a case number. Please check each letter and digit.',
  },

  status: {
    heading: 'Your case',
    opened: (when: string) => `Opened on ${when}`,
    closed: (when: string) => `Closed on ${when}`,
    files: 'Your pictures',
    file: (number: number) => `Picture ${number}`,
    state: {
      checking: 'Active, being checked',
      active: 'Active and confirmed',
      refused: 'Could not be added',
      same: 'Same as another picture',
      withdrawn: 'Withdrawn',
    },
    about: {
      checking: 'Platforms hold it back when they find it. A person will check it too.',
      active: 'Platforms remove it when they find it.',
      refused: 'This picture looks too much like others to be recognised safely.',
      same: 'It counts together with the other one.',
      withdrawn: 'Platforms no longer look for it on your behalf.',
    },
    found: (held: number, removed: number) =>
      held + removed === 0
        ? 'Not found on a platform so far.'
        : [
            removed > 0 && (removed === 1 ? 'Removed by 1 platform' : `Removed by ${removed} platforms`),
            held > 0 && (held === 1 ? 'held back by 1 platform' : `held back by ${held} platforms`),
          ]
            .filter(Boolean)
            .join(', '),
    refresh: 'Look again',
    withdraw: 'Stop looking for my pictures',
    withdrawLead: 'You can change your mind at any time, for all pictures or for some.',
    select: (number: number) => `Select picture ${number}`,
    withdrawAll: 'Withdraw all',
    withdrawSome: (count: number) => (count === 1 ? 'Withdraw 1 picture' : `Withdraw ${count} pictures`),
    confirmHeading: 'Withdraw?',
    confirm: (count: number) =>
      `Platforms will stop looking for ${count === 1 ? 'this picture' : `these ${count} pictures`} at once. We delete the codes. To start again, you would need the pictures and a new case.`,
    yes: 'Yes, withdraw',
    no: 'No, keep looking',
    done: 'Done. It no longer matches.',
  },

  problem: {
    offline: 'There is no connection right now. Nothing is lost: everything you entered is still here. Try again in a moment.',
    busy: (minutes: number) =>
      `There were too many tries. Please wait ${minutes <= 1 ? 'a minute' : `${minutes} minutes`} and try again. Everything you entered is still here.`,
    server: 'Something went wrong on our side. Everything you entered is still here. Please try again in a few minutes.',
    rejected: 'The service could not take this case. Please go back and check each step.',
  },
};

function countOf(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}

export type HelpWords = typeof en;
