import { z } from 'zod';
import { endpoint } from '../../table/endpoint.js';
import { PAGE_SCRIPT, PAGE_STYLE, renderPage } from './page-text.js';

/** Nothing from elsewhere, nothing inline; the form is never sent by itself. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const text = { 200: z.string() };

/** The page on which the first administrator signs in. What stands behind `#` stays in the browser. */
export const setupPage = endpoint({
  summary: 'The page of the set-up link',
  description: 'In French, or in English where the browser asks for it.',
  answers: text,
  media: ['text/html'],
  handle: async ({ headers }) => {
    const language = prefersEnglish(String(headers['accept-language'] ?? '')) ? 'en' : 'fr';
    const policy = { 'content-security-policy': POLICY, 'content-language': language };
    const stream = renderPage(language);
    return { status: 200 as const, stream, type: 'text/html; charset=utf-8', headers: policy };
  },
});

export const setupScript = endpoint({
  summary: 'The script of the set-up page',
  answers: text,
  media: ['text/javascript'],
  handle: async () => ({
    status: 200 as const,
    stream: PAGE_SCRIPT,
    type: 'text/javascript; charset=utf-8',
  }),
});

export const setupStyle = endpoint({
  summary: 'The style of the set-up page',
  answers: text,
  media: ['text/css'],
  handle: async () => ({
    status: 200 as const,
    stream: PAGE_STYLE,
    type: 'text/css; charset=utf-8',
  }),
});

/** Whether English comes before French (RFC 9110, section 12.5.4). */
function prefersEnglish(accepted: string): boolean {
  const weightOf = (language: string): number =>
    Math.max(
      0,
      ...accepted.split(',').map((item) => {
        const [tag = '', ...parameters] = item.trim().toLowerCase().split(';');
        if (tag !== language && !tag.startsWith(`${language}-`)) return 0;
        const weight = parameters.find((parameter) => parameter.trim().startsWith('q='));
        return weight === undefined ? 1 : Number(weight.trim().slice(2)) || 0;
      }),
    );
  return weightOf('en') > weightOf('fr');
}
