<?php
// The operations, with the shapes that PHP's own SoapServer makes of arrays:
// a list becomes an Array, ids as keys a Map, nothing at all an Array of length 0,
// an object used twice is sent once and referred to. A list of one is its element.
declare(strict_types=1);

final class Service
{
    /** @var array<string, stdClass> the same object wherever a course is named */
    private array $courses = [];
    private array $companies = [];

    public function __construct(
        private readonly Centre $centre,
        private readonly Sessions $sessions,
        private readonly Gate $gate,
    ) {
    }

    public function connexion(string $compte, string $cle): array
    {
        return ['sesame' => $this->sessions->open($compte, $cle)];
    }

    public function controleAcces(string $sesame, string $qui, string $secret): array
    {
        $this->sessions->spend($sesame);
        if ($qui === 'annuaire-en-panne') throw new SoapFault('Server', 'Annuaire injoignable');
        if ($qui === 'e41014' && $secret === 'sésame & <co>') return ['acces' => 'accordé', 'personne' => 41014];
        if ($qui === 'e41021') return ['acces' => 'suspendu'];
        throw new SoapFault('Client', 'Identifiant ou secret erronés');
    }

    public function anneesScolaires(string $sesame): array
    {
        $this->sessions->spend($sesame);
        return $this->centre->years();
    }

    public function table(string $sesame, string $nom): array
    {
        $this->sessions->spend($sesame);
        return match ($nom) {
            'statuts' => STATUSES,
            'cycles' => CYCLES,
            'niveaux' => LEVELS,
            'filieres' => array_map(fn (array $course) => $course['nom'], COURSES),
            default => throw new SoapFault('Client', 'Table inconnue'),
        };
    }

    public function lieux(string $sesame): array
    {
        $this->sessions->spend($sesame);
        $sites = [];
        foreach (SITES as $id => ['nom' => $name, 'abrege' => $short]) {
            $sites[] = ['id' => $id, 'nom' => $name, 'abrege' => $short, 'rue' => 'zq7, rue du site'];
        }
        return $sites;
    }

    public function classes(string $sesame, string $annee, string $lieu): array
    {
        $this->sessions->spend($sesame);
        $classes = [];
        foreach ($this->centre->classes() as $id => $class) {
            if ((string) $class['site'] !== $lieu) continue;
            $classes[$id] = [
                'libelle' => $class['nom'],
                'abrege' => $class['abrege'],
                'annee' => (int) $annee,
                'lieu' => $class['site'],
                'filiere' => $this->course($class['course']),
            ];
        }
        return $classes;
    }

    public function stages(string $sesame, string $du, string $au): array
    {
        $this->sessions->spend($sesame);
        $stage = $this->centre->stage();
        if ($stage['du'] > $au || $stage['au'] < $du) return [];
        return [
            'id' => STAGE,
            'libelle' => $stage['nom'],
            'lieu' => $stage['site'],
            'du' => $stage['du'],
            'au' => $stage['au'],
        ];
    }

    public function eleves(string $sesame, string $annee, string $lieu): array
    {
        $this->sessions->spend($sesame);
        $this->gate->pass("eleves $lieu");
        $learners = [];
        foreach ($this->centre->learners() as $code => $learner) {
            if ((string) $learner['site'] === $lieu) $learners[$code] = $this->learner($learner);
        }
        return $learners;
    }

    private function learner(array $learner): array
    {
        $secrets = Centre::secretsOf($learner['code']);
        $paths = $this->pathsOf($learner, $secrets['bourse']);
        return [
            'identite' => [
                'nom' => $learner['lastNameSent'],
                'prenom' => $learner['firstName'],
                'ne_le' => $learner['birthDate'] === null ? null : self::french($learner['birthDate']),
                'secu' => $secrets['secu'],
            ],
            'acces' => "e{$learner['code']}",
            'contact' => ['mail' => $learner['email'], 'rue' => $secrets['rue']],
            'handicap' => $learner['code'] % 2,
            'amenagement' => $secrets['amenagement'],
            'parcours' => count($paths) === 1 ? $paths[0] : $paths,
        ];
    }

    /** The year before comes first: the one under way is not known by its place. */
    private function pathsOf(array $learner, string $grant): array
    {
        $year = $this->centre->currentYear();
        $class = $this->centre->classes()[$learner['class']];
        $path = [
            'numero' => $learner['code'] * 10,
            'annee' => $year,
            'lieu' => $learner['site'],
            'classe' => $learner['class'],
            'stage' => null,
            'statut' => $learner['status'],
            'filiere' => $this->course($class['course']),
            'niveau' => $class['level'],
            'sortie' => $learner['leftOn'],
            'courant' => 'oui',
            'bourse' => $grant,
        ];
        $before = ['numero' => $learner['code'] * 10 - 1, 'annee' => $year - 1, 'courant' => 'non'] + $path;
        $stage = ['numero' => $learner['code'] * 10 + 1, 'classe' => '', 'stage' => STAGE, 'statut' => '', 'courant' => 'non'] + $path;
        return [
            ...($learner['wasHereBefore'] ? [$before] : []),
            $path,
            ...($learner['takesStage'] ? [$stage] : []),
        ];
    }

    public function intervenants(string $sesame, string $lieu): array
    {
        $this->sessions->spend($sesame);
        $teachers = [];
        foreach ($this->centre->teachers() as $code => $teacher) {
            $sites = array_map(fn (int $class) => intdiv($class, 100), $teacher['classes']);
            if (!in_array((int) $lieu, [$teacher['site'], ...$sites], true)) continue;
            $teachers[$code] = [
                'nom' => $teacher['lastName'],
                'prenom' => $teacher['firstName'],
                'mail' => $teacher['email'],
                'lieu' => $teacher['site'],
                'classes' => count($teacher['classes']) === 1 ? $teacher['classes'][0] : $teacher['classes'],
                'secu' => Centre::secretsOf($code)['secu'],
            ];
        }
        return $teachers;
    }

    public function maitresApprentissage(string $sesame, string $debut, string $nombre): array
    {
        $this->sessions->spend($sesame);
        $tutors = $this->centre->tutors();
        $page = array_slice($tutors, (int) $debut, (int) $nombre, true);
        return ['total' => count($tutors), 'lignes' => array_values(array_map($this->tutor(...), $page))];
    }

    private function tutor(array $tutor): array
    {
        $year = $this->centre->currentYear();
        $contracts = array_map(fn (int $learner) => [
            'eleve' => $learner,
            'entreprise' => $this->company($tutor['company']),
            'du' => "$year-09-01",
            'au' => ($year + 1) . '-08-31',
            'rompu' => $tutor['terminated'] ? "$year-09-15" : '0000-00-00',
        ], $tutor['learners']);
        return [
            'id' => $tutor['code'],
            'nom' => $tutor['lastName'],
            'prenom' => $tutor['firstName'],
            'mail' => $tutor['email'],
            'suivis' => count($contracts) === 1 ? $contracts[0] : $contracts,
            'secu' => Centre::secretsOf($tutor['code'])['secu'],
        ];
    }

    private function course(string $id): stdClass
    {
        return $this->courses[$id] ??= (object) [
            'id' => $id,
            'cycle' => COURSES[$id]['cycle'],
            'responsable' => 'zq7-responsable',
        ];
    }

    private function company(?array $company): ?stdClass
    {
        if ($company === null) return null;
        return $this->companies[$company['id']] ??= (object) ($company + ['iban' => 'zq7-iban']);
    }

    private static function french(string $date): string
    {
        return implode('/', array_reverse(explode('-', $date)));
    }
}
