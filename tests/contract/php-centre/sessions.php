<?php
// Sign-in by an operation: a token is good for so many calls and then for none.
// Several processes serve, so what they share is a file.
declare(strict_types=1);

const ACCOUNT = 'passerelle';
const KEY = 'clé & <sésame> "7"';

final class Sessions
{
    public function __construct(private readonly string $directory, private readonly int $callsPerToken)
    {
    }

    public function open(string $account, string $key): string
    {
        $isKnown = $account === ACCOUNT && $key === KEY;
        $token = bin2hex(random_bytes(12));
        $this->change(function (array $state) use ($isKnown, $token): array {
            $state[$isKnown ? 'signIns' : 'refused']++;
            if ($isKnown) $state['left'] = [$token => $this->callsPerToken];
            return $state;
        });
        if (!$isKnown) throw new SoapFault('Client', 'Compte ou clé erronés');
        return $token;
    }

    /** Uses a token once. */
    public function spend(string $token): void
    {
        $isGood = false;
        $this->change(function (array $state) use ($token, &$isGood): array {
            $isGood = ($state['left'][$token] ?? 0) > 0;
            if ($isGood) $state['left'][$token]--;
            $state[$isGood ? 'calls' : 'expired']++;
            return $state;
        });
        if (!$isGood) throw new SoapFault('Client', 'Sésame périmé');
    }

    private function change(callable $change): void
    {
        $file = fopen("$this->directory/sessions.json", 'r+');
        flock($file, LOCK_EX);
        $after = $change(json_decode(stream_get_contents($file), true, 8, JSON_THROW_ON_ERROR));
        rewind($file);
        ftruncate($file, 0);
        fwrite($file, json_encode($after, JSON_THROW_ON_ERROR));
        fclose($file);
    }
}
