<?php
// What `php -S` runs for every request: the WSDL, or a call.
declare(strict_types=1);

require __DIR__ . '/centre.php';
require __DIR__ . '/gate.php';
require __DIR__ . '/sessions.php';
require __DIR__ . '/service.php';

$directory = (string) getenv('CENTRE_STATE');
$settings = json_decode((string) file_get_contents("$directory/settings.json"), true, 8, JSON_THROW_ON_ERROR);
$wsdl = __DIR__ . '/centre.wsdl';

if ($_SERVER['REQUEST_METHOD'] === 'GET') {
    header('Content-Type: text/xml; charset=utf-8');
    echo str_replace('ADDRESS', "http://{$_SERVER['HTTP_HOST']}/", (string) file_get_contents($wsdl));
    return;
}
ini_set('soap.wsdl_cache_enabled', '0');
$server = new SoapServer($wsdl);
$server->setObject(new Service(
    new Centre($settings),
    new Sessions($directory, $settings['callsPerToken']),
    new Gate($directory),
));
$server->handle();
