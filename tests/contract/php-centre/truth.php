<?php
// Prints, as JSON, what the registry must hold after a correct synchronisation.
// Usage: php truth.php SETTINGS_AS_JSON
declare(strict_types=1);

require __DIR__ . '/centre.php';

$centre = new Centre(json_decode($argv[1], true, 8, JSON_THROW_ON_ERROR));

function isActive(Centre $centre, ?string $from, ?string $to): bool
{
    return ($from === null || $from <= $centre->today) && ($to === null || $to >= $centre->today);
}

function person(string $kind, array $person, array $more): array
{
    return $more + [
        'kind' => $kind,
        'code' => (string) $person['code'],
        'login' => null,
        'lastName' => $person['lastName'],
        'firstName' => $person['firstName'],
        'email' => ($person['email'] ?? '') === '' ? null : strtolower($person['email']),
        'birthDate' => null,
        'site' => null,
        'status' => 'active',
        'netypareo_ouverage' => '',
        'netypareo_status' => '',
        'netypareo_cursus' => '',
        'netypareo_program' => '',
        'netypareo_program_step' => '',
    ];
}

function majority(Centre $centre, ?string $birthDate): string
{
    if ($birthDate === null) return '';
    $ofAge = (int) substr($birthDate, 0, 4) + 18 . substr($birthDate, 4);
    return $ofAge <= $centre->today ? 'majeur' : 'mineur';
}

function learner(Centre $centre, array $learner): array
{
    $class = $centre->classes()[$learner['class']];
    $course = COURSES[$class['course']];
    return person('student', $learner, [
        'login' => "e{$learner['code']}",
        'birthDate' => $learner['birthDate'],
        'site' => (string) $learner['site'],
        'netypareo_usertype' => 'Apprenant',
        'netypareo_ouverage' => majority($centre, $learner['birthDate']),
        'netypareo_status' => STATUSES[$learner['status']],
        'netypareo_cursus' => CYCLES[$course['cycle']],
        'netypareo_program' => $course['nom'],
        'netypareo_program_step' => LEVELS[$class['level']],
    ]);
}

function membership(Centre $centre, array $person, string $kind, int $group, string $role, ?string $from, ?string $to): array
{
    $active = isActive($centre, $from, $to);
    return ['user' => "$role:{$person['code']}", 'group' => "$kind:$group", 'from' => $from, 'to' => $to, 'active' => $active];
}

function membershipsOfLearner(Centre $centre, array $learner): array
{
    ['du' => $from, 'au' => $to] = $centre->years()[$centre->currentYear()];
    $until = $learner['leftOn'] ?? $to;
    $own = [membership($centre, $learner, 'initial', $learner['class'], 'student', $from, $until)];
    return $learner['takesStage']
        ? [...$own, membership($centre, $learner, 'continuing', STAGE, 'student', $from, $until)]
        : $own;
}

function tutorshipsOf(Centre $centre, array $tutor): array
{
    $year = $centre->currentYear();
    [$from, $to] = ["$year-09-01", $tutor['terminated'] ? "$year-09-15" : ($year + 1) . '-08-31'];
    return array_map(fn (int $learner) => [
        'tutor' => (string) $tutor['code'],
        'student' => (string) $learner,
        'company' => $tutor['company'] === null ? '' : "{$tutor['company']['id']} {$tutor['company']['nom']}",
        'from' => $from,
        'to' => $to,
        'active' => isActive($centre, $from, $to),
    ], $tutor['learners']);
}

function table(string $domain, array $labels): array
{
    return array_map(fn ($code, $label) => ['domain' => $domain, 'code' => (string) $code, 'label' => $label], array_keys($labels), $labels);
}

$learners = array_values($centre->learners());
$teachers = array_values($centre->teachers());
$tutors = array_values($centre->tutors());
$stage = $centre->stage();

$groups = [['code' => 'continuing:' . STAGE, 'name' => $stage['nom'], 'short' => null, 'period' => null, 'site' => (string) $stage['site'], 'program' => null, 'from' => $stage['du'], 'to' => $stage['au']]];
foreach ($centre->classes() as $id => $class) {
    $groups[] = ['code' => "initial:$id", 'name' => $class['nom'], 'short' => $class['abrege'], 'period' => (string) $centre->currentYear(), 'site' => (string) $class['site'], 'program' => $class['course'], 'from' => null, 'to' => null];
}

echo json_encode([
    'definitions' => [
        ...table('period', array_map(fn (array $year) => $year['nom'], $centre->years())),
        ...table('status', STATUSES),
        ...table('cursus', CYCLES),
        ...table('program', array_map(fn (array $course) => $course['nom'], COURSES)),
        ...table('program_step', LEVELS),
    ],
    'sites' => array_map(fn (int $id) => ['code' => (string) $id, 'name' => SITES[$id]['nom'], 'short' => SITES[$id]['abrege'] ?: null], array_keys(SITES)),
    'groups' => $groups,
    'users' => [
        ...array_map(fn (array $learner) => learner($centre, $learner), $learners),
        ...array_map(fn (array $teacher) => person('teacher', $teacher, ['site' => (string) $teacher['site'], 'netypareo_usertype' => 'Enseignant']), $teachers),
        ...array_map(fn (array $tutor) => person('tutor', $tutor, ['netypareo_usertype' => 'Tuteur en entreprise']), $tutors),
    ],
    'memberships' => [
        ...array_merge(...array_map(fn (array $learner) => membershipsOfLearner($centre, $learner), $learners)),
        ...array_merge(...array_map(fn (array $teacher) => array_map(
            fn (int $class) => membership($centre, $teacher, 'initial', $class, 'teacher', null, null),
            $teacher['classes'],
        ), $teachers)),
    ],
    'tutorships' => array_merge(...array_map(fn (array $tutor) => tutorshipsOf($centre, $tutor), $tutors)),
], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE);
