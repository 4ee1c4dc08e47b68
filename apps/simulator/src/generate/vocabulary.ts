/** Words of which people, places and companies are made up. */

const words = (text: string): readonly string[] => text.trim().split(/\s*,\s*/);

export const GIRLS =
  words(`Chloé, Léa, Manon, Inès, Camille, Zoé, Éléonore, Maëlys, Anaïs, Océane, Noémie, Agathe,
  Marie-Ève, Anne-Sophie, Fatoumata, Yasmine, Lou, Clémence, Hélène, Justine, Maëva, Solène, Thaïs, Élise, Apolline,
  Héloïse, Aïcha, Marie-Françoise, Jade, Louise, Ambre, Gaëlle, Perrine, Salomé, Victoire, Nour, Lucie, Romane`);

export const BOYS =
  words(`Théo, Loïc, Hugo, Noé, Maël, Jérémy, Kévin, Jean-Baptiste, Gaël, Raphaël, Gaëtan, Aurélien,
  Bastien, Côme, Éloi, Étienne, François-Xavier, Grégoire, Ismaël, Jean-Loup, Lénaïc, Mathéo, Mickaël, Noël, Rémi,
  Sébastien, Timothée, Yohann, Zinédine, Adrien, Mamadou, Pierre-Yves, Quentin, Tristan, Ulysse, Valentin, Amaël, Enzo`);

export const SURNAMES =
  words(`Lefèvre, d'Alembert, de La Tour, Le Goff, Müller, O'Brien, Bernard, Dupré, Gauthier-Villars,
  N'Diaye, du Pré, L'Hermite, Besançon, Çelik, Durand, Garçon, Hébert, Île, Joly, Kœnig, Le Bihan, Mœglin, Noël,
  d'Ornano, Pérez, Quéméneur, Saint-Amand, Théry, Urbain, de Villiers, Wróbel, Yıldız, Ziegler, Abadie, Bœuf,
  Château-Renard, Delaunay, Évrard, Fournier, Guérin, des Moulins, D'Hondt, Jaubert, Kerguélen, Lacroix, Maître,
  Nuñez, Oudin, Prévost, Roussel, Siméon, Tessier, Vasseur, Benoît, Chauvin, Desprès, Étcheverry, Fabre, Grosjean,
  Huët, Jégou, Leclerc, Mahé, Le Floc'h, Pommier, Rivière, Sénéchal, Thévenet, Vallée, Barthélemy, Crépin, Doisneau,
  Gérard, Haïdara, Lévêque, Moreau, Perrin, Renaud, Schœlcher, Traoré, Vigneron, Aït Ahmed, Ben Salah, Dos Santos,
  Ferreira da Silva, Kouyaté, Le Guen, Marchand, Nguyễn, Petit-Jean, Vandenbroucke, van der Meulen, Sauvage, Cœur`);

export const CITIES: readonly (readonly [string, string])[] = [
  ['Saint-Aubin-le-Vieux', '29190'],
  ['Villeneuve-sur-Ombre', '45810'],
  ["L'Haÿ-la-Source", '94270'],
  ['Châteauval', '36120'],
  ['Mont-Évray', '61340'],
  ['Bœrsheim', '67430'],
  ["Pont-d'Argence", '14650'],
  ['La Roche-Épine', '85230'],
  ['Neuville-ès-Bois', '50480'],
  ['Sainte-Foy-le-Clos', '69520'],
  ['Castelnaud-d’Orb', '34710'],
  ['Fort-Miquel', '97240'],
];

export const STREETS =
  words(`rue de l'Église, avenue du Général, place de la Forêt, impasse des Tilleuls,
  chemin du Pré-Fleuri, boulevard de la République, allée des Hêtres, route d'Espagne`);

export const TRADES =
  words(`Boulangerie, Garage, Menuiserie, Plomberie, Électricité, Maçonnerie, Coiffure, Pharmacie,
  Traiteur, Imprimerie, Cabinet comptable, Transports, Pépinières, Hôtel, Restaurant, Agence`);

export const MAIL_HOSTS = words(
  'courriel.example, messagerie.example, famille.example, poste-rapide.example',
);
