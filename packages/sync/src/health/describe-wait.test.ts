import { expect, it } from 'vitest';
import { describeWait } from './describe-wait.js';

const NOW = new Date('2026-11-22T01:35:00Z');
const time = (at: Date): string =>
  at.toLocaleTimeString('fr-FR', { timeZone: 'Europe/Paris', timeStyle: 'short' });
const until = (moment: string) => new Date(`2026-11-22T${moment}:00Z`);

it('a rest of the source says when it is tried again', () => {
  expect(describeWait({ reason: 'source', until: until('01:41') }, NOW, time)).toEqual({
    fr: 'en attente de NetYParéo, prochain essai à 02:41',
    en: 'waiting for NetYParéo, next attempt at 02:41',
  });
});

it('the calendar says until when, and which setting it is', () => {
  expect(describeWait({ reason: 'calendar', until: until('11:00') }, NOW, time)).toEqual({
    fr: 'en attente jusqu’à 12:00 : lecture non souhaitée en ce moment (PASSERELLE_BLACKOUT)',
    en: 'waiting until 12:00: reading is not wanted now (PASSERELLE_BLACKOUT)',
  });
});

it('a time that has come is not named', () => {
  expect(describeWait({ reason: 'source', until: NOW }, NOW, time)).toEqual({
    fr: 'en attente de NetYParéo, prochain essai imminent',
    en: 'waiting for NetYParéo, next attempt any moment',
  });
  expect(describeWait({ reason: 'calendar', until: NOW }, NOW, time)).toEqual({
    fr: 'en attente : lecture non souhaitée en ce moment (PASSERELLE_BLACKOUT)',
    en: 'waiting: reading is not wanted now (PASSERELLE_BLACKOUT)',
  });
});
