import type { HelpWords } from './en.ts';

export const fr = {
  title: 'Vigie : de l’aide pour une image',
  skip: 'Aller au contenu',
  language: 'Langue',
  exit: 'Quitter vite',
  exitHint: 'Ou appuyez deux fois sur Échap. La page disparaît, et le bouton Retour ne la ramène pas.',
  step: (now, of) => `Étape ${now} sur ${of}`,
  back: 'Retour',
  next: 'Continuer',
  home: 'Recommencer',
  helplines: 'Parler à quelqu’un maintenant',
  newWindow: 'nouvelle fenêtre',
  call: (phone) => `Appeler le ${phone}`,
  website: 'Site web',

  welcome: {
    heading: 'Quelqu’un a partagé une image intime de vous, ou menace de le faire ?',
    lead: 'Ce n’est pas votre faute. Nous pouvons aider à empêcher l’image de circuler.',
    steps: [
      [
        'Vous choisissez les images.',
        'Votre appareil transforme chaque image en un code. L’image ne quitte jamais votre appareil.',
      ],
      ['Nous gardons seulement le code.', 'On ne peut pas vous y voir, et personne ici ne voit votre image.'],
      [
        'Les plateformes comparent.',
        'Si quelqu’un publie l’image sur une plateforme qui utilise Vigie, elle est bloquée, puis vérifiée.',
      ],
    ],
    noAccount: 'C’est gratuit. Sans compte, et sans donner votre nom.',
    age: 'Quel âge avez-vous sur les images ?',
    adult: 'J’ai 18 ans ou plus sur toutes les images',
    young: 'J’ai moins de 18 ans sur au moins une image',
    hasCase: 'J’ai déjà un numéro de dossier',
    soon: 'Vous êtes en danger, ou quelqu’un vous menace ?',
  },

  young: {
    heading: 'Vous n’êtes pas seul·e, et vous n’avez rien fait de mal.',
    lead: 'Pour les images de personnes de moins de 18 ans, il existe des services faits pour vous. Ils sont gratuits. Ils écoutent, et ils peuvent agir plus vite que nous.',
    advice: [
      'N’envoyez ni argent ni d’autres images, quoi que dise la personne.',
      'Gardez les messages. Ils pourront vous aider plus tard.',
      'Si c’est possible, parlez-en à un adulte de confiance.',
    ],
    adviceHeading: 'Ce qui aide maintenant',
    notSo: 'J’ai 18 ans ou plus sur toutes les images',
  },

  files: {
    heading: 'Choisissez les images',
    lead: 'Vos images restent sur cet appareil. Seul un code par image est calculé ici.',
    drop: 'Déposez des images ici, ou',
    choose: 'Choisir des images',
    kinds: 'JPEG, PNG, WebP, GIF et d’autres, jusqu’à 100 images. Pas encore de vidéos.',
    working: (done, of) => `Traitement de vos images : ${done} sur ${of}`,
    finished: (good, of) => (good === of ? `Prêt : ${countOf(good)}` : `Prêt : ${good} sur ${of}`),
    list: 'Vos images',
    state: { waiting: 'En cours …', ready: 'Prête', same: (file) => `Même image que ${file}`, left: 'Laissée de côté' },
    remove: (name) => `Enlever ${name}`,
    removeShort: 'Enlever',
    why: {
      heic: 'C’est une image HEIC d’un iPhone. Ouvrez-la, faites une capture d’écran, et ajoutez la capture.',
      video: 'C’est une vidéo. Vous pouvez ajouter des captures d’écran des moments où l’on vous voit.',
      too_large: 'Cette image est trop grande (100 mégapixels ou 100 Mo au maximum). Une capture d’écran suffit.',
      empty: 'Ce fichier est vide. La copie n’est peut-être pas terminée.',
      too_small: 'Cette image est trop petite pour être reconnue.',
      flat: 'Il y a trop peu de choses sur cette image pour la reconnaître. Une couleur unie ou un simple texte ressemble à beaucoup d’autres.',
      not_an_image: 'Ce fichier n’est pas une image.',
      unreadable: 'Votre navigateur ne peut pas ouvrir cette image. Une capture d’écran suffit.',
      too_slow: 'Cette image a pris trop de temps. Une capture d’écran suffit.',
    },
    tooMany:
      'Un dossier contient 100 images au maximum. Les autres ont été laissées de côté. Vous pourrez ouvrir un deuxième dossier.',
    none: 'Choisissez au moins une image qui est prête.',
    wait: 'Vos images sont encore en préparation.',
  },

  about: {
    heading: 'Trois choses à confirmer',
    lead: 'Nous devons le demander, pour que personne ne détourne cette page.',
    adult: 'J’ai 18 ans ou plus, aussi sur les images.',
    depicted: 'Je suis la personne sur les images.',
    noConsent: 'Je ne suis pas d’accord pour que ces images soient partagées.',
    missing:
      'Cochez les trois cases, s’il vous plaît. Si l’une n’est pas vraie pour vous, les personnes ci-dessous peuvent vous aider.',
    where: 'Où les images sont-elles apparues ? (facultatif)',
    whereHint: 'Un site, une application, un nom. Laissez vide si vous ne savez pas ou ne voulez pas le dire.',
  },

  pin: {
    heading: 'Choisissez un code PIN',
    lead: 'Avec lui et votre numéro de dossier, vous pourrez voir ce qui se passe, ou tout arrêter.',
    pin: 'Code PIN',
    pinHint: '6 caractères ou plus. Chiffres et lettres conviennent.',
    again: 'Le même code PIN encore une fois',
    show: 'Montrer le code PIN',
    short: 'Il faut au moins 6 caractères.',
    different: 'Les deux codes PIN ne sont pas identiques.',
    warning: 'Personne ne peut retrouver ce code PIN, même pas nous. Choisissez-en un que vous retiendrez.',
    open: 'Ouvrir mon dossier',
    opening: 'Ouverture de votre dossier …',
    proving:
      'Beaucoup de personnes ont besoin d’aide en ce moment. Votre appareil fait un petit calcul. Cela prend jusqu’à une minute.',
  },

  number: {
    heading: 'Votre dossier est ouvert',
    lead: 'À partir de maintenant, les plateformes qui utilisent Vigie cherchent ces images.',
    label: 'Votre numéro de dossier',
    once: 'Ce numéro est affiché une seule fois. Notez-le ou imprimez-le, et retenez votre code PIN. Personne ne peut le retrouver.',
    copy: 'Copier',
    copied: 'Copié',
    print: 'Imprimer',
    saved: 'J’ai gardé mon numéro de dossier',
    done: 'Voir mon dossier',
    printed: 'Gardez ce papier là où vous seul·e pouvez le trouver. Le code PIN n’y figure pas.',
    refused: (count) =>
      count === 1
        ? 'Une image n’a pas pu être ajoutée. Votre dossier indique laquelle.'
        : `${count} images n’ont pas pu être ajoutées. Votre dossier indique lesquelles.`,
    unsaved: 'Cochez la case quand vous avez gardé le numéro.',
  },

  return: {
    heading: 'Voir votre dossier',
    lead: 'Avec votre numéro de dossier et votre code PIN.',
    number: 'Numéro de dossier',
    numberHint: 'Comme ABCD-EFGH-JKMN-P. Les minuscules et les tirets oubliés ne gênent pas.',
    see: 'Voir mon dossier',
    wrong: 'Ce numéro et ce code PIN ne vont pas ensemble. Vérifiez les deux et réessayez.',
    notANumber: 'Ce n’est pas un numéro de dossier. Vérifiez chaque lettre et chaque chiffre.',
  },

  status: {
    heading: 'Votre dossier',
    opened: (when) => `Ouvert le ${when}`,
    closed: (when) => `Fermé le ${when}`,
    files: 'Vos images',
    file: (number) => `Image ${number}`,
    state: {
      checking: 'Active, en cours de vérification',
      active: 'Active et confirmée',
      refused: 'N’a pas pu être ajoutée',
      same: 'Identique à une autre image',
      withdrawn: 'Retirée',
    },
    about: {
      checking: 'Les plateformes la bloquent quand elles la trouvent. Une personne la vérifiera aussi.',
      active: 'Les plateformes la suppriment quand elles la trouvent.',
      refused: 'Cette image ressemble trop à d’autres pour être reconnue sans erreur.',
      same: 'Elle compte avec l’autre.',
      withdrawn: 'Les plateformes ne la cherchent plus pour vous.',
    },
    found: (held, removed) =>
      held + removed === 0
        ? 'Pas trouvée sur une plateforme jusqu’ici.'
        : [
            removed > 0 && (removed === 1 ? 'Supprimée par 1 plateforme' : `Supprimée par ${removed} plateformes`),
            held > 0 && (held === 1 ? 'bloquée par 1 plateforme' : `bloquée par ${held} plateformes`),
          ]
            .filter(Boolean)
            .join(', '),
    refresh: 'Regarder à nouveau',
    withdraw: 'Ne plus chercher mes images',
    withdrawLead: 'Vous pouvez changer d’avis à tout moment, pour toutes les images ou pour certaines.',
    select: (number) => `Choisir l’image ${number}`,
    withdrawAll: 'Tout retirer',
    withdrawSome: (count) => (count === 1 ? 'Retirer 1 image' : `Retirer ${count} images`),
    confirmHeading: 'Retirer ?',
    confirm: (count) =>
      `Les plateformes arrêtent tout de suite de chercher ${count === 1 ? 'cette image' : `ces ${count} images`}. Nous effaçons les codes. Pour recommencer, il faudrait les images et un nouveau dossier.`,
    yes: 'Oui, retirer',
    no: 'Non, continuer à chercher',
    done: 'C’est fait. L’image n’est plus recherchée.',
  },

  problem: {
    offline:
      'Pas de connexion pour le moment. Rien n’est perdu : tout ce que vous avez saisi est encore là. Réessayez dans un instant.',
    busy: (minutes) =>
      `Il y a eu trop d’essais. Attendez ${minutes <= 1 ? 'une minute' : `${minutes} minutes`} et réessayez. Tout ce que vous avez saisi est encore là.`,
    server: 'Un problème est survenu de notre côté. Tout ce que vous avez saisi est encore là. Réessayez dans quelques minutes.',
    rejected: 'Le service n’a pas pu prendre ce dossier. Revenez en arrière et vérifiez chaque étape.',
  },
} satisfies HelpWords;

function countOf(count: number): string {
  return count === 1 ? '1 image' : `${count} images`;
}
