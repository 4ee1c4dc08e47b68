<?php
// A made-up training centre: what it knows, before any form. Everything follows
// from the settings, so that two processes tell of the same people.
declare(strict_types=1);

const LEARNERS = 300;
const LEARNERS_OF_THE_ANNEXE = 12;
const TUTORS = 60;

const LAST_NAMES = [
    'Aubrac', 'Ben Salah', 'Chêne-Noir', "D'Hérouville", 'Échalier', 'Fontgrise', 'Göksel',
    'Harnois & Vauvert', 'Îlot', 'Jašić', 'Kervadec', 'Lœuillet', 'M\'Bodj', 'Nuñez', 'O’Tuama',
    'Pré "dit" Laborde', 'Quévert', 'Ružička', 'Sørli', 'Tran <Van>', 'Ulmet', 'Vðlundsson', 'Wiśnik',
];
const FIRST_NAMES = [
    'Anaïs', 'Bao', 'Célestin', 'Dorothée', 'Eliott', 'Fatoumata', 'Gaël', 'Hélène', 'Ilyès', 'Jeanne',
    'Kenza', 'Loïc', 'Maëlys', 'Noé', 'Ofélia', 'Pénélope', 'Quentin', 'Rosalie', 'Siméon',
];
/** How the source writes it, and how it is to be kept: composed, with plain and single spaces. */
const ODD_NAMES = [
    ["Cafe\u{301}  &amp; Fils", "Café &amp; Fils"],
    ["李\u{A0}小", '李 小'],
    ["Zoé 🎓 <b>\"l'\u{2019}été\"</b>", "Zoé 🎓 <b>\"l'\u{2019}été\"</b>"],
    [' ]]> & co ', ']]> & co'],
];

const CYCLES = [1 => 'CAP', 2 => 'BTS'];
const STATUSES = ['AP' => 'Apprenti', 'CP' => 'Contrat "pro"', 'AL' => 'Auditeur libre'];
const LEVELS = [1 => '1re année', 2 => '2e année'];
const COURSES = [
    'F10' => ['nom' => 'Ébénisterie & marqueterie', 'cycle' => 1],
    'F20' => ['nom' => 'Métiers de l\'eau <BTS>', 'cycle' => 2],
    'F30' => ['nom' => 'Boulangerie', 'cycle' => 1],
];
const SITES = [
    3 => ['nom' => 'Les Tanneurs', 'abrege' => 'TAN', 'classes' => 6],
    7 => ['nom' => 'Bord-de-l\'Eau & "Halles" <nord>', 'abrege' => null, 'classes' => 4],
    12 => ['nom' => 'Annexe de l\'Île', 'abrege' => '', 'classes' => 1],
];
const ANNEXE = 12;
const STAGE = 9001;

final class Centre
{
    public readonly string $today;
    /** Without learners or classes at first; a setting opens it, another leaves it bare again. */
    private readonly bool $annexeHasClasses;
    private readonly bool $annexeHasLearners;

    public function __construct(array $settings)
    {
        $this->today = $settings['today'];
        $this->annexeHasClasses = $settings['annexeHasClasses'] ?? false;
        $this->annexeHasLearners = $settings['annexeHasLearners'] ?? false;
    }

    /** The school years, the one under way first: id => [label, from, to]. */
    public function years(): array
    {
        [$year, $month] = array_map('intval', explode('-', $this->today));
        $current = $month >= 9 ? $year : $year - 1;
        $years = [];
        foreach ([$current, $current - 1] as $from) {
            $to = $from + 1;
            $years[$from] = ['nom' => "$from-$to", 'du' => "$from-09-01", 'au' => "$to-08-31"];
        }
        return $years;
    }

    public function currentYear(): int
    {
        return array_key_first($this->years());
    }

    /** Classes of the year under way: id => class. */
    public function classes(): array
    {
        $classes = [];
        foreach (SITES as $site => ['classes' => $count]) {
            if ($site === ANNEXE && !$this->annexeHasClasses) continue;
            for ($n = 1; $n <= $count; $n++) {
                $course = array_keys(COURSES)[$n % count(COURSES)];
                $classes[$site * 100 + $n] = [
                    'nom' => COURSES[$course]['nom'] . " $n",
                    'abrege' => $n % 2 === 0 ? "C$n" : null,
                    'site' => $site,
                    'course' => $course,
                    'level' => $n % 2 + 1,
                ];
            }
        }
        return $classes;
    }

    /** The one short course of the year. */
    public function stage(): array
    {
        $year = $this->currentYear();
        return ['nom' => 'Affûtage & sécurité', 'site' => 3, 'du' => "$year-10-05", 'au' => "$year-10-09"];
    }

    /** @return array<int, array> learners by code */
    public function learners(): array
    {
        $learners = [];
        $count = LEARNERS + ($this->annexeHasLearners ? LEARNERS_OF_THE_ANNEXE : 0);
        for ($i = 0; $i < $count; $i++) $learners[41000 + 7 * $i] = $this->learner($i, 41000 + 7 * $i);
        return $learners;
    }

    private function learner(int $i, int $code): array
    {
        $site = $i >= LEARNERS ? ANNEXE : ($i % 10 < 7 ? 3 : 7);
        $class = $site * 100 + 1 + intdiv($i, 10) % SITES[$site]['classes'];
        [$sent, $kept] = self::lastName($i);
        return [
            'code' => $code,
            'lastNameSent' => $sent,
            'lastName' => $kept,
            'firstName' => FIRST_NAMES[($i * 5 + 1) % count(FIRST_NAMES)],
            'email' => [null, '', "E$code@Centre-Php.example", "e$code@centre-php.example"][$i % 4],
            'birthDate' => $i % 17 === 0 ? null : sprintf('%d-%02d-%02d', $this->currentYear() - 19 + $i % 4, $i % 12 + 1, $i % 28 + 1),
            'site' => $site,
            'class' => $class,
            'status' => array_keys(STATUSES)[$i % count(STATUSES)],
            'leftOn' => $i % 29 === 3 ? $this->currentYear() . '-09-20' : null,
            'wasHereBefore' => $i % 3 === 0,
            'takesStage' => $i % 40 === 0,
        ];
    }

    private static function lastName(int $i): array
    {
        $odd = ODD_NAMES[$i - 4] ?? null;
        if ($odd !== null) return $odd;
        $name = LAST_NAMES[$i % count(LAST_NAMES)];
        return [$name, $name];
    }

    /** @return array<int, array> teachers by code; the last two teach on both sites, or one class only */
    public function teachers(): array
    {
        $teachers = [];
        foreach (array_keys($this->classes()) as $n => $class) {
            $teachers[500 + $n] = $this->teacher($n, [$class]);
        }
        $teachers[590] = $this->teacher(90, [301, 302, 701]);
        $teachers[591] = $this->teacher(91, []);
        return $teachers;
    }

    private function teacher(int $n, array $classes): array
    {
        return [
            'code' => 500 + $n,
            'lastName' => LAST_NAMES[($n * 3) % count(LAST_NAMES)],
            'firstName' => FIRST_NAMES[$n % count(FIRST_NAMES)],
            'email' => $n % 2 === 0 ? null : "i$n@centre-php.example",
            'site' => $classes === [] ? 7 : intdiv($classes[0], 100),
            'classes' => $classes,
        ];
    }

    /** @return array<int, array> company tutors by code, each with the learners in charge */
    public function tutors(): array
    {
        $tutors = [];
        for ($n = 0; $n < TUTORS; $n++) {
            $code = 8000 + $n;
            $learners = array_slice([41000 + 7 * 2 * $n, 41000 + 7 * (2 * $n + 1), 41000 + 7 * (2 * $n + 130)], 0, $n % 3 + 1);
            $tutors[$code] = [
                'code' => $code,
                'lastName' => LAST_NAMES[($n * 7 + 2) % count(LAST_NAMES)],
                'firstName' => FIRST_NAMES[($n * 11) % count(FIRST_NAMES)],
                'email' => $n % 3 === 0 ? '' : "t$code@entreprise-$n.example",
                // An interim contract has no company.
                'company' => $n % 15 === 4 ? null : ['id' => 60 + $n % 20, 'nom' => 'Ets "Bois & Fils" n°' . $n % 20],
                'learners' => $learners,
                'terminated' => $n % 9 === 5,
            ];
        }
        return $tutors;
    }

    /** What nobody may take over; each is found in what the centre sends. */
    public static function secretsOf(int $code): array
    {
        return [
            'secu' => sprintf('99900%06d%04d', $code, crc32("secu $code") % 10000),
            'amenagement' => "zq7-tiers-temps-$code",
            'rue' => "zq7, rue sans nom $code",
            'bourse' => "zq7-bourse-$code",
        ];
    }
}
