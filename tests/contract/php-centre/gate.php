<?php
// Holds a call of the test's choice until the test lets it go, so that it can
// look at what there is in the middle of a run.
declare(strict_types=1);

final class Gate
{
    private const LONGEST_SECONDS = 20;

    public function __construct(private readonly string $directory)
    {
    }

    public function pass(string $call): void
    {
        $closed = "$this->directory/gate";
        if (!is_file($closed) || trim((string) file_get_contents($closed)) !== $call) return;
        touch("$this->directory/waiting");
        $until = microtime(true) + self::LONGEST_SECONDS;
        while (is_file($closed) && microtime(true) < $until) {
            usleep(20_000);
            clearstatcache();
        }
    }
}
