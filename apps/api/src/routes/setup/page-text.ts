type Language = 'fr' | 'en';

/** What the page says. */
const WORDS = {
  fr: {
    title: 'Première connexion à Passerelle',
    intro:
      'Connectez-vous avec votre identifiant NetYParéo. Vous recevrez tous les droits, et pourrez ensuite en donner à d’autres.',
    secret: 'Clé du lien',
    username: 'Identifiant NetYParéo',
    password: 'Mot de passe NetYParéo',
    submit: 'Me connecter et recevoir les droits',
    noscript: 'Cette page a besoin de JavaScript.',
    done: 'C’est fait : vous avez tous les droits. Le lien ne sert plus.',
    signed: 'Vous êtes connecté en tant que',
    next: 'Voir ce que Passerelle sait faire',
    busy: 'NetYParéo est interrogé…',
    'login-refused': 'Cet identifiant ou ce mot de passe n’est pas accepté.',
    'setup-link':
      'Ce lien n’est plus valable. Redémarrez Passerelle : il en affichera un autre, si personne n’a encore les droits.',
    'too-many-logins': 'Trop d’essais. Attendez un peu, puis recommencez.',
    'source-unreachable':
      'NetYParéo ne répond pas en ce moment. Recommencez dans quelques instants.',
    'invalid-request': 'Remplissez les trois champs ; la clé du lien a 43 caractères.',
    other: 'Cela n’a pas marché. Le journal de Passerelle en dit plus.',
  },
  en: {
    title: 'First sign-in to Passerelle',
    intro:
      'Sign in with your NetYParéo login. You will be given all rights, and can then give some to others.',
    secret: 'Key of the link',
    username: 'NetYParéo user name',
    password: 'NetYParéo password',
    submit: 'Sign in and take the rights',
    noscript: 'This page needs JavaScript.',
    done: 'Done: you have all rights. The link is used up.',
    signed: 'You are signed in as',
    next: 'See what Passerelle can do',
    busy: 'NetYParéo is being asked…',
    'login-refused': 'This user name or password is not accepted.',
    'setup-link':
      'This link does not hold any more. Restart Passerelle: it prints another, if nobody has the rights yet.',
    'too-many-logins': 'Too many tries. Wait a little, then try again.',
    'source-unreachable': 'NetYParéo does not answer at the moment. Try again in a little while.',
    'invalid-request': 'Fill in all three fields; the key of the link has 43 characters.',
    other: 'That did not work. The log of Passerelle says more.',
  },
} as const satisfies Record<Language, Record<string, string>>;

/** What may be answered, by the end of the problem's type. */
const ANSWERS = [
  ...(['login-refused', 'setup-link', 'too-many-logins', 'source-unreachable'] as const),
  ...(['invalid-request', 'other', 'done', 'busy'] as const),
];

/** The whole page; it holds nothing of whoever asks for it. */
export function renderPage(language: Language): string {
  const words = WORDS[language];
  const answers = ANSWERS.map((name) => `data-${name}="${words[name]}"`).join(' ');
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${words.title}</title>
<link rel="stylesheet" href="/setup/page.css">
<script src="/setup/page.js" defer></script>
</head>
<body>
<main>
<h1>${words.title}</h1>
<p id="intro">${words.intro}</p>
<noscript><p>${words.noscript}</p></noscript>
<form id="form" autocomplete="on">
<label for="username">${words.username}</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" maxlength="255" required>
<label for="password">${words.password}</label>
<input id="password" name="password" type="password" autocomplete="current-password" maxlength="1024" required>
<label for="secret">${words.secret}</label>
<input id="secret" name="secret" autocomplete="off" spellcheck="false" maxlength="43" required>
<button type="submit">${words.submit}</button>
</form>
<p id="said" role="status" ${answers}></p>
<p id="signed" hidden>${words.signed} <strong id="name"></strong>.</p>
<p id="next" hidden><a href="/docs">${words.next}</a></p>
</main>
</body>
</html>
`;
}

/** Takes the key out of the address, so that it stays in neither history nor bookmark. */
export const PAGE_SCRIPT = `'use strict';
const form = document.getElementById('form');
const said = document.getElementById('said');
const field = (name) => form.elements.namedItem(name);
if (location.hash.length > 1) {
  field('secret').value = location.hash.slice(1);
  history.replaceState(null, '', location.pathname);
}
const show = (id, isShown) => {
  document.getElementById(id).hidden = !isShown;
};
const say = (name) => {
  said.textContent = said.getAttribute('data-' + name) ?? said.getAttribute('data-other');
  said.className = name === 'busy' || name === 'done' ? name : 'refused';
};
form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = form.querySelector('button');
  button.disabled = true;
  say('busy');
  try {
    const entries = ['username', 'password', 'secret'].map((name) => [name, field(name).value]);
    const response = await fetch('/api/v1/setup', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(entries)),
    });
    field('password').value = '';
    if (response.ok) {
      const { user } = await response.json();
      document.getElementById('name').textContent = user.firstName + ' ' + user.lastName;
      show('form', false);
      show('intro', false);
      show('signed', true);
      show('next', true);
      say('done');
    } else {
      const { type = '' } = await response.json();
      say(String(type).split(':').at(-1));
    }
  } catch {
    say('other');
  } finally {
    button.disabled = false;
  }
});
`;

export const PAGE_STYLE = `:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; --accent: light-dark(#1d4ed8, #93b4ff); }
body { margin: 0; }
main { box-sizing: border-box; max-width: 30rem; margin: clamp(1rem, 8vh, 6rem) auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.25; text-wrap: balance; }
form { display: grid; gap: 0.25rem; }
form[hidden] { display: none; }
label { margin-top: 0.75rem; font-weight: 600; }
input, button { font: inherit; padding: 0.625rem; border: 1px solid light-dark(#6b7280, #9ca3af); border-radius: 0.375rem; }
#secret { font-family: ui-monospace, monospace; font-size: 0.875rem; }
button { margin-top: 1.25rem; border-color: transparent; background: var(--accent); color: light-dark(#fff, #0b1020); font-weight: 600; }
button:disabled { opacity: 0.6; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
a { color: var(--accent); }
#signed { overflow-wrap: anywhere; }
#said:not(:empty) { margin-top: 1.25rem; padding: 0.75rem; border-left: 0.25rem solid var(--accent); background: light-dark(#f3f4f6, #1f2430); }
#said.refused { border-color: light-dark(#b91c1c, #fca5a5); }
#said.done { border-color: light-dark(#15803d, #86efac); }
`;
