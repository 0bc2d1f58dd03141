// Every error names its line and column, says what is wrong, and suggests what to write. In the tables ‸ stands right
// before the character that the error is about; it is taken out before the text is read.
#include "support/testmain.h"

#include "incident/reader.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

const QString endpoint = u"endpoints: [{name: api, group: g, url: 'https://a.test', conditions: ['[STATUS] == 200']}]\n"_s;

QString shown(const Diagnostics &diagnostics)
{
    QStringList lines;
    for (const Diagnostic &diagnostic : diagnostics)
        lines.append(toText(diagnostic, u"f"_s));
    return lines.join(u'\n');
}

ReadResult read(const QByteArray &yaml)
{
    return readIncident(yaml, {.variables = {}, .useEnvironment = false, .directory = {}});
}

Diagnostics errorsOf(const ReadResult &result)
{
    Diagnostics errors;
    for (const Diagnostic &diagnostic : result.diagnostics) {
        if (diagnostic.severity == Severity::Error)
            errors.append(diagnostic);
    }
    return errors;
}

/// An endpoint whose first key is `line`.
QString with(const QString &line) { return u"endpoints:\n  - name: api\n    url: https://a.test\n    conditions: [\"[STATUS] == 200\"]\n    "_s + line + u'\n'; }
QString url(const QString &text) { return u"endpoints:\n  - name: api\n    url: "_s + text + u"\n    conditions: [\"[CONNECTED] == true\"]\n"_s; }
QString condition(const QString &text) { return u"endpoints:\n  - name: api\n    url: https://a.test\n    conditions:\n      - "_s + text + u'\n'; }
QString criterion(const QString &lines) { return endpoint + u"success-criteria:\n  - "_s + lines + u'\n'; }
QString step(const QString &line) { return u"suites:\n  - name: s\n    endpoints:\n      - name: a\n        url: https://a.test\n        "_s + line + u'\n'; }

} // namespace

class TestReaderErrors : public QObject {
Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void names_data();
    void names();
    void bytes_data();
    void bytes();
    void allErrorsAtOnce();
    void errorsBeforeNotices();
    void defaultsAreReportedOnce();
    void sharedErrorsAreReportedOnce();
    void excerptShowsTheLine();
    void aliasBombEndsQuickly();
    void deepNestingEnds();
    void growingVariablesEnd();
    void manyErrorsAreBounded();
    void mutantsNeverCrash();

private:
    void row(const char *name, const QString &marked, const QString &message, const QString &suggestion = {});
    void keyRows();
    void valueRows();
    void urlRows();
    void conditionRows();
    void referenceRows();
    void peopleRows();
    void syntaxRows();
};

void TestReaderErrors::row(const char *name, const QString &marked, const QString &message, const QString &suggestion)
{
    const qsizetype at = marked.indexOf(u'‸');
    const QString before = marked.first(std::max<qsizetype>(at, 0));
    const int line = static_cast<int>(before.count(u'\n')) + 1;
    const int column = static_cast<int>(before.size() - before.lastIndexOf(u'\n'));
    QString yaml = marked;
    QTest::newRow(name) << yaml.remove(u'‸').toUtf8() << SourceMark{line, column} << message << suggestion;
}

void TestReaderErrors::keyRows()
{
    row("a misspelt key", with(u"‸intervall: 10s"_s), u"unknown key `intervall`"_s, u"did you mean `interval`?"_s);
    row("swapped letters", with(u"‸gruop: a"_s), u"unknown key `gruop`"_s, u"did you mean `group`?"_s);
    row("an underscore for a hyphen", with(u"‸failure_threshold: 2"_s), u"unknown key `failure_threshold`"_s, u"did you mean `failure-threshold`?"_s);
    row("capitals", with(u"‸Method: GET"_s), u"unknown key `Method`"_s, u"did you mean `method`?"_s);
    row("a key like no other", with(u"‸temperature: 3"_s), u"unknown key `temperature`"_s);
    row("a misspelt key at the top", endpoint + u"‸success-criterias: []"_s, u"unknown key `success-criterias`"_s, u"did you mean `success-criteria`?"_s);
    row("an unknown key at the top", endpoint + u"‸whatever: {a: b}"_s, u"unknown key `whatever`"_s);
    row("a misspelt Gatus key", endpoint + u"‸alertin: {a: b}"_s, u"unknown key `alertin`"_s, u"did you mean `alerting`?"_s);
    row("in the incident", endpoint + u"incident: {titel: x}"_s.replace(u"titel"_s, u"‸titel"_s), u"unknown key `titel`"_s, u"did you mean `title`?"_s);
    row("in the impact", endpoint + u"incident: {impact: {‸customer: x}}"_s, u"unknown key `customer`"_s, u"did you mean `customers`?"_s);
    row("in the money", endpoint + u"incident: {impact: {revenue-at-risk: {amount: 1, ‸atleast: true}}}"_s, u"unknown key `atleast`"_s, u"did you mean `at-least`?"_s);
    row("in a link", endpoint + u"incident: {links: [{‸href: x, url: y}]}"_s, u"unknown key `href`"_s);
    row("in a component", endpoint + u"components: [{name: api, ‸need: []}]"_s, u"unknown key `need`"_s, u"did you mean `needs`?"_s);
    row("in the client", with(u"client: { ‸timout: 3s }"_s), u"unknown key `timout`"_s, u"did you mean `timeout`?"_s);
    row("in the client's tls", with(u"client: { tls: { ‸cafile: x } }"_s), u"unknown key `cafile`"_s, u"did you mean `ca-file`?"_s);
    row("in a dns block", url(u"8.8.8.8\n    dns: {query-name: a, query-type: A, ‸type: A}"_s), u"unknown key `type`"_s);
    row("in a suite", u"suites: [{‸nam: x, name: s, endpoints: [{name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']}]}]"_s, u"unknown key `nam`"_s, u"did you mean `name`?"_s);
    row("in a conversation", step(u"conversation: [{expect: ['[MESSAGE].a == 1'], ‸witin: 3s}]"_s), u"unknown key `witin`"_s, u"did you mean `within`?"_s);
    row("in a criterion", criterion(u"{title: t, of: [api], ‸holds: 5m}"_s), u"unknown key `holds`"_s, u"did you mean `hold`?"_s);
    row("in a why", endpoint + u"five-whys: [{why: x, ‸becuase: y}]"_s, u"unknown key `becuase`"_s, u"did you mean `because`?"_s);
    row("in an action", endpoint + u"actions: [{title: x, ‸done_when: [api]}]"_s, u"unknown key `done_when`"_s, u"did you mean `done-when`?"_s);
    row("in a run", endpoint + u"runs: [{name: x, command: [a], ‸dir: /}]"_s, u"unknown key `dir`"_s);
    row("in a run's expectation", endpoint + u"runs: [{name: x, command: [a], expect: {‸atleast: 3}}]"_s, u"unknown key `atleast`"_s, u"did you mean `at-least`?"_s);
    row("in notify", endpoint + u"notify: {‸webhook: []}"_s, u"unknown key `webhook`"_s, u"did you mean `webhooks`?"_s);
    row("in the observer", endpoint + u"observer: {target: 'tcp://a.test:1', ‸port: 2}"_s, u"unknown key `port`"_s);
    row("in defaults, where a URL has no place", endpoint + u"defaults: {‸url: x}"_s, u"unknown key `url`"_s);
    row("a duplicate key", with(u"‸name: again"_s), u"duplicate key `name`"_s, u"it is already on line 2"_s);
    row("a duplicate key at the top", endpoint + u"incident: {}\n‸incident: {}"_s, u"duplicate key `incident`"_s, u"it is already on line 2"_s);
    row("a duplicate key in a part that is ignored", endpoint + u"alerting: {a: 1, ‸a: 2}"_s, u"duplicate key `a`"_s, u"it is already on line 2"_s);
    row("a key that is a list", with(u"‸[a]: b"_s), u"a key must be text, not a list"_s);
    row("a variable's name", endpoint + u"variables: {‸MY-HOST: x}"_s, u"`MY-HOST` cannot be a variable's name"_s, u"names are letters, digits and underscores"_s);
}

void TestReaderErrors::valueRows()
{
    row("a duration with a wrong unit", with(u"interval: ‸10 sec"_s), u"`interval` is not a duration: `10 sec`"_s, u"write `10s`"_s);
    row("a duration without a unit", with(u"interval: ‸10"_s), u"`interval` is not a duration: `10`"_s, u"write `10s`"_s);
    row("minutes in words", with(u"interval: ‸5 minutes"_s), u"`interval` is not a duration: `5 minutes`"_s, u"write `5m`"_s);
    row("days", with(u"interval: ‸2d"_s), u"`interval` is not a duration: `2d`"_s, u"write `48h`"_s);
    row("milliseconds in words", with(u"client: { timeout: ‸250 msec }"_s), u"`timeout` is not a duration: `250 msec`"_s, u"write `250ms`"_s);
    row("no duration at all", with(u"interval: ‸often"_s), u"`interval` is not a duration: `often`"_s, u"durations look like `300ms`, `10s`, `5m` or `1h30m`"_s);
    row("a negative interval", with(u"interval: ‸-5s"_s), u"`interval` must be longer than 0, not `-5s`"_s, u"write `5s`"_s);
    row("an interval of nothing", with(u"interval: ‸0s"_s), u"`interval` must be longer than 0, not `0s`"_s, u"durations look like `300ms`, `10s`, `5m` or `1h30m`"_s);
    row("a timeout of nothing", with(u"client: { timeout: ‸0s }"_s), u"`timeout` must be longer than 0, not `0s`"_s, u"durations look like `300ms`, `10s`, `5m` or `1h30m`"_s);
    row("a starttls protocol", with(u"client: { starttls: ‸imaps }"_s), u"`starttls` cannot be `imaps`"_s, u"did you mean `imap`?"_s);
    row("a duration that is a list", with(u"interval: ‸[10s]"_s), u"`interval` must be a duration, not a list"_s);
    row("a threshold of nothing", with(u"failure-threshold: ‸0"_s), u"`failure-threshold` must be a whole number, 1 or more, not `0`"_s);
    row("a threshold that is no number", with(u"success-threshold: ‸two"_s), u"`success-threshold` must be a whole number, 1 or more, not `two`"_s);
    row("a threshold with a fraction", with(u"success-threshold: ‸1.5"_s), u"`success-threshold` must be a whole number, 1 or more, not `1.5`"_s);
    row("neither true nor false", with(u"enabled: ‸maybe"_s), u"`enabled` must be true or false, not `maybe`"_s);
    row("nearly true", with(u"enabled: ‸ture"_s), u"`enabled` must be true or false, not `ture`"_s, u"did you mean `true`?"_s);
    row("a name that is a mapping", u"endpoints:\n  - name: ‸{a: b}\n    url: https://a.test\n    conditions: ['[STATUS] == 200']"_s, u"`name` must be text, not a mapping"_s);
    row("an endpoint without a name", u"endpoints:\n  - ‸url: https://a.test\n    conditions: ['[STATUS] == 200']"_s, u"an endpoint needs a `name`"_s);
    row("an endpoint with an empty name", u"endpoints:\n  - name: ‸\" \"\n    url: https://a.test\n    conditions: ['[STATUS] == 200']"_s, u"`name` must not be empty"_s);
    row("an endpoint without a URL", u"endpoints:\n  - ‸name: a\n    conditions: ['[STATUS] == 200']"_s, u"an endpoint needs a `url`"_s);
    row("an endpoint that is text", u"endpoints:\n  - ‸https://a.test"_s, u"each entry of `endpoints` must be a mapping, not text"_s);
    row("endpoints that are a mapping", u"endpoints: ‸{name: a}"_s, u"`endpoints` must be a list, not a mapping"_s);
    row("headers that are a list", with(u"headers: ‸[a]"_s), u"`headers` must be a mapping of names to text, not a list"_s);
    row("a header that is a list", with(u"headers: { A: ‸[b] }"_s), u"`A` in `headers` must be text, not a list"_s);
    row("a header's name", with(u"headers: ‸{ 'A B': c }"_s), u"`A B` cannot be a header name"_s, u"header names are letters, digits and dashes"_s);
    row("a header over two lines", with(u"headers: ‸{ A: \"b\\r\\nC: d\" }"_s), u"the value of header `A` holds a line break"_s, u"write it on one line"_s);
    row("a method with a space", with(u"method: ‸GET IT"_s), u"`GET IT` cannot be an HTTP method"_s, u"methods are words such as GET, HEAD or POST"_s);
    row("a client that is text", with(u"client: ‸fast"_s), u"`client` must be a mapping, not text"_s);
    row("oauth2 without a secret", with(u"client: { oauth2: ‸{token-url: 'https://t.test', client-id: a} }"_s), u"an oauth2 block needs a `client-secret`"_s, u""_s);
    row("a token from a clear-text host", with(u"client: { oauth2: {token-url: ‸'http://t.test/', client-id: a, client-secret: secret1} }"_s), u"the client secret would go to `token-url` in clear text"_s, u"use https"_s);
    row("a token from no URL", with(u"client: { oauth2: {token-url: ‸t.test, client-id: a, client-secret: secret1} }"_s), u"`token-url` is not a URL that tokens come from"_s, u"write `https://host/path`"_s);
    row("two ways of getting a token", with(u"client: { auth: ‸gcp, oauth2: {token-url: 'https://t.test', client-id: a, client-secret: secret1} }"_s), u"`auth` and `oauth2` both bring a token"_s, u"keep one of them"_s);
    row("a token in clear text", u"endpoints: [{name: a, url: ‸'http://a.test', client: {auth: gcp}, conditions: ['[STATUS] == 200']}]"_s, u"the access token would go over the network in clear text"_s, u"use https"_s);
    row("an unknown auth", with(u"client: { auth: ‸gpc }"_s), u"`auth` cannot be `gpc`"_s, u"did you mean `gcp`?"_s);
    row("a version of HTTP", with(u"client: { http-version: ‸1.0 }"_s), u"`http-version` cannot be `1.0`"_s, u"did you mean `1.1`?"_s);
    row("HTTP/3 by its other name", with(u"client: { http-version: ‸quic }"_s), u"`http-version` cannot be `quic`"_s, u"it is one of: 1.1, 2"_s);
    row("half a client certificate", with(u"client: { tls: { certificate-file: ‸a.pem } }"_s), u"a client certificate needs both `certificate-file` and `private-key-file`"_s, u"add the other one"_s);
    row("a size", with(u"client: { max-body-size: ‸4 megs }"_s), u"`max-body-size` must be a size from 1 byte to 1GiB, not `4 megs`"_s, u"sizes look like `4MiB`, `512KiB` or `1048576`"_s);
    row("a size of nothing", with(u"client: { max-body-size: ‸0 }"_s), u"`max-body-size` must be a size from 1 byte to 1GiB, not `0`"_s, u"sizes look like `4MiB`, `512KiB` or `1048576`"_s);
    row("a subprotocol with a comma", with(u"client: { subprotocols: [‸'a,b'] }"_s), u"`a,b` cannot be a subprotocol"_s, u"subprotocols are words without spaces and commas"_s);
    row("subprotocols that are text", with(u"client: { subprotocols: ‸chat }"_s), u"`subprotocols` must be a list, not `chat`"_s, u"write `[chat]`"_s);
    row("a name server without a scheme", with(u"client: { dns-resolver: ‸8.8.8.8 }"_s), u"`dns-resolver` is not the URL of a name server"_s, u"write `udp://8.8.8.8:53` or `tcp://8.8.8.8:53`"_s);
    row("a name server over TLS", with(u"client: { dns-resolver: ‸'tls://8.8.8.8:853' }"_s), u"`dns-resolver` is not the URL of a name server"_s, u"write `udp://8.8.8.8:53` or `tcp://8.8.8.8:53`"_s);
    row("a proxy", with(u"client: { proxy-url: ‸proxy.test:3128 }"_s), u"`proxy-url` is not the URL of a proxy"_s, u"write `http://host:port` or `socks5://host:port`"_s);
    row("an unknown status", endpoint + u"incident: {status: ‸mitigated}"_s, u"`status` cannot be `mitigated`"_s, u"did you mean `mitigating`?"_s);
    row("a status like no other", endpoint + u"incident: {status: ‸broken}"_s, u"`status` cannot be `broken`"_s, u"it is one of: investigating, identified, mitigating, monitoring, resolved"_s);
    row("a time", endpoint + u"incident: {declared: ‸yesterday}"_s, u"`declared` is no point in time: `yesterday`"_s, u"write it as `2025-09-16T04:00:00Z`"_s);
    row("an amount with commas", endpoint + u"incident: {impact: {revenue-at-risk: {amount: ‸'500,000'}}}"_s, u"`amount` must be a number, 0 or more, not `500,000`"_s, u"write `500000`"_s);
    row("no amount", endpoint + u"incident: {impact: {revenue-at-risk: ‸{currency: USD}}}"_s, u"`revenue-at-risk` needs an `amount`"_s);
    row("a currency", endpoint + u"incident: {impact: {revenue-at-risk: {amount: 1, currency: ‸$}}}"_s, u"`$` is no currency"_s, u"write its three letters, such as USD, EUR or CHF"_s);
    row("a period", endpoint + u"incident: {impact: {revenue-at-risk: {amount: 1, per: ‸yaer}}}"_s, u"`per` cannot be `yaer`"_s, u"did you mean `year`?"_s);
    row("only a null", u"‸~"_s, u"the file holds a single value where `incident:` and `endpoints:` are expected"_s, u"start with `endpoints:` at the beginning of a line"_s);
    row("nothing is watched", u"‸incident: {title: x}"_s, u"the file watches nothing: it has no endpoints and no suites"_s, u"add `endpoints:` with a `name`, a `url` and `conditions`"_s);
    row("variables that are a list", endpoint + u"variables: ‸[a]"_s, u"`variables` must be a mapping of names to text, not a list"_s);
    row("a variable that is a list", endpoint + u"variables: {A: ‸[a]}"_s, u"the variable `A` must be text, not a list"_s);
    row("an observer over http", endpoint + u"observer: {target: ‸'https://a.test'}"_s, u"the observer's target must be a tcp:// URL"_s, u"write `tcp://host:port`"_s);
    row("an observer without a port", endpoint + u"observer: {target: ‸'tcp://a.test'}"_s, u"tcp:// needs a port"_s, u"write `tcp://a.test:PORT`"_s);
}

void TestReaderErrors::urlRows()
{
    row("promql without a query", url(u"‸promql+http://prom.test/?time=1"_s), u"the URL asks no query"_s, u"write `promql+http://host/?query=up`, percent-encoded"_s);
    row("a misspelt sslmode", url(u"postgres://u@a.test/db‸?sslmode=verify-fully"_s), u"`verify-fully` is no sslmode"_s, u"use disable, allow, prefer, require, verify-ca or verify-full"_s);
    row("a parameter that postgres URLs lack", url(u"postgres://u@a.test/db‸?schema=public"_s), u"unknown parameter `schema` of a postgres URL"_s, u"known are sslmode and application_name"_s);
    row("a certificate in a postgres URL", url(u"postgres://u@a.test/db‸?sslrootcert=/ca.pem"_s), u"`sslrootcert` does not belong in the URL"_s, u"use client.tls: ca-file, certificate-file, private-key-file"_s);
    row("a misspelt scheme", url(u"‸htps://a.test"_s), u"unknown scheme `htps://`"_s, u"did you mean `https://`?"_s);
    row("another misspelt scheme", url(u"‸postgress://a.test"_s), u"unknown scheme `postgress://`"_s, u"did you mean `postgres://`?"_s);
    row("a scheme like no other", url(u"‸gopher://a.test"_s), u"unknown scheme `gopher://`"_s, u"use https, wss, tcp, tls, starttls, icmp, redis or postgres"_s);
    row("no scheme", url(u"‸a.test/health"_s), u"`a.test/health` has no scheme"_s, u"write `https://a.test/health`"_s);
    row("no host", url(u"https://‸"_s), u"the URL names no host"_s, u"a URL looks like `https://host:port/path`"_s);
    row("no host but a path", url(u"https://‸/health"_s), u"the URL names no host"_s, u"a URL looks like `https://host:port/path`"_s);
    row("a space", url(u"https://a.test/a‸ b"_s), u"the URL holds a space or a control character"_s, u"write %20 for a space"_s);
    row("a space in quotes", url(u"\"https://a.test/a‸ b\""_s), u"the URL holds a space or a control character"_s, u"write %20 for a space"_s);
    row("port 0", url(u"‸https://a.test:0/"_s), u"0 is not a port"_s, u"ports go from 1 to 65535"_s);
    row("tcp without a port", url(u"‸tcp://a.test"_s), u"tcp:// needs a port"_s, u"write `tcp://a.test:PORT`"_s);
    row("udp without a port", url(u"‸udp://a.test"_s), u"udp:// needs a port"_s, u"write `udp://a.test:PORT`"_s);
    row("starttls without a port", url(u"‸starttls://a.test"_s), u"starttls:// needs a port"_s, u"write `starttls://a.test:PORT`"_s);
    row("a Redis database by name", url(u"redis://a.test:6379‸/cache"_s), u"`cache` is not the number of a Redis database"_s, u"write `redis://a.test/0`"_s);
    row("icmp without a host", url(u"icmp://‸"_s), u"the URL names no host"_s);
    row("an empty URL", url(u"‸''"_s), u"`url` must not be empty"_s);
    row("a dns block without a name", url(u"8.8.8.8\n    dns: ‸{query-type: A}"_s), u"a dns block needs a `query-name`"_s);
    row("a URL beside a dns block that is no name server", url(u"‸https://a.test\n    dns: {query-name: a, query-type: A}"_s),
        u"beside a dns block the URL is the name server, not `https://a.test`"_s, u"write `8.8.8.8` or `dns://host:port`"_s);
    row("a name server without a dns block", url(u"‸dns://8.8.8.8"_s), u"dns:// needs a dns block that says what to ask"_s,
        u"add `dns: {query-name: example.org, query-type: A}`"_s);
    row("a dns type", url(u"8.8.8.8\n    dns: {query-name: a, query-type: ‸AAAAA}"_s), u"`query-type` cannot be `AAAAA`"_s, u"did you mean `AAAA`?"_s);
}

void TestReaderErrors::conditionRows()
{
    const QString unknown = u"unknown operator `=`"_s, meant = u"did you mean `==`?"_s;
    row("in double quotes", condition(u"\"[STATUS] ‸= 200\""_s), unknown, meant);
    row("in single quotes", condition(u"'[STATUS] ‸= 200'"_s), unknown, meant);
    row("without quotes", condition(u"len([BODY].a) ‸= 5"_s), unknown, meant);
    row("behind an escaped quote", condition(u"\"[BODY].\\\"a ‸= 200\""_s), unknown, meant);
    row("behind a doubled quote", condition(u"'[BODY].x''y ‸= 200'"_s), unknown, meant);
    row("behind an umlaut", condition(u"\"[BODY].ü ‸= 200\""_s), unknown, meant);
    row("in a flow list", with(u"degraded-when: [\"[STATUS] == 200\", \"[STATUS] ‸= 200\"]"_s), unknown, meant);
    row("behind a variable", u"variables: {LONG: '[BODY].much.longer.than.its.name'}\n"_s + condition(u"\"${LONG} ‸= 200\""_s), unknown, meant);
    row("behind an anchor", condition(u"&c \"[STATUS] ‸= 200\""_s), unknown, meant);
    row("behind an alias", u"x: &c\n  - '[STATUS] ‸= 200'\n"_s + with(u"degraded-when: *c"_s), unknown, meant);
    row("a misspelt placeholder", condition(u"\"‸[STATSU] == 200\""_s), u"unknown placeholder `[STATSU]`"_s, u"did you mean `[STATUS]`?"_s);
    row("no conditions", u"endpoints:\n  - ‸name: api\n    url: https://a.test"_s, u"the endpoint `api` needs at least one condition"_s, u"add `conditions: [\"[STATUS] == 200\"]`"_s);
    row("an empty list of conditions", u"endpoints:\n  - name: api\n    url: https://a.test\n    conditions: ‸[]"_s, u"the endpoint `api` needs at least one condition"_s, u"add `conditions: [\"[STATUS] == 200\"]`"_s);
    row("a condition that YAML takes for a list", condition(u"‸[STATUS]"_s), u"`conditions` must be a list of conditions, not a list"_s, u"put the condition in quotes: `\"[STATUS] == 200\"`"_s);
    row("an empty condition", condition(u"\"‸\""_s), u"the condition is empty"_s, u"for example `[STATUS] == 200`"_s);
    row("a window in an endpoint", condition(u"\"‸p95([RESPONSE_TIME]) < 2000\""_s), u"p50, p95, p99, max and mean look at a window of results, and one probe has none"_s, u"move it to `require` of a success criterion"_s);
    row("a requirement of a criterion", criterion(u"{title: t, of: [api], require: ['[STATUS] ‸= 200']}"_s), unknown, meant);
    row("an expectation of a conversation", step(u"conversation: [{expect: ['[MESSAGE].a ‸= 1']}]"_s), unknown, meant);
}

void TestReaderErrors::referenceRows()
{
    row("an unknown endpoint", criterion(u"{title: t, of: [‸apj]}"_s), u"no endpoint or suite is called `apj`"_s, u"did you mean `api`?"_s);
    row("a group without its prefix", criterion(u"{title: t, of: [‸g]}"_s), u"no endpoint or suite is called `g`"_s, u"for the group write `group:g`"_s);
    row("an unknown group", criterion(u"{title: t, of: [‸'group:gg']}"_s), u"no endpoint or suite is in the group `gg`"_s, u"did you mean `group:g`?"_s);
    row("an unknown component in of", criterion(u"{title: t, of: [‸'component:apu']}"_s), u"no endpoint or suite watches a component `apu`"_s, u"did you mean `component:api`?"_s);
    row("an ambiguous name", u"endpoints:\n  - {name: a, group: x, url: 'https://a.test', conditions: ['[STATUS] == 200']}\n"
                             u"  - {name: a, group: y, url: 'https://a.test', conditions: ['[STATUS] == 200']}\n"
                             u"success-criteria: [{title: t, of: [‸a]}]"_s, u"`a` is ambiguous"_s, u"write one of: x/a, y/a"_s);
    row("no endpoint of the kind", criterion(u"{title: t, of: [api], kind: ‸websocket}"_s), u"the criterion selects no endpoint of kind websocket"_s, u"change `kind` or `of`"_s);
    row("an unknown kind", criterion(u"{title: t, of: [api], kind: ‸htpp}"_s), u"`kind` cannot be `htpp`"_s, u"did you mean `http`?"_s);
    row("of selects nothing", criterion(u"{title: t, of: ‸[]}"_s), u"the criterion selects nothing"_s, u"name endpoints, suites, `group:…` or `component:…` in `of`"_s);
    row("a criterion without of", criterion(u"‸title: t"_s), u"a criterion needs an `of`"_s, u"name endpoints, suites, `group:…` or `component:…`"_s);
    row("only disabled endpoints", u"endpoints: [{name: a, enabled: false, url: 'https://a.test', conditions: ['[STATUS] == 200']}]\nsuccess-criteria: [{title: t, of: ‸[a]}]"_s,
        u"the criterion selects only disabled endpoints"_s, u"enable one of them or change `of`"_s);
    row("of that is text", criterion(u"{title: t, of: ‸api}"_s), u"`of` must be a list, not `api`"_s, u"write `[api]`"_s);
    row("a negative hold", criterion(u"{title: t, of: [api], hold: ‸-5m}"_s), u"`hold` must be 0 or longer, not `-5m`"_s, u"write `5m`"_s);
    row("two criteria of one title", criterion(u"{title: t, of: [api]}\n  - {title: ‸t, of: [api]}"_s), u"the criterion `t` exists already"_s, u"it is on line 3: change the title"_s);
    row("availability of nothing known", endpoint + u"incident: {impact: {availability-of: [‸'group:h']}}"_s, u"no endpoint or suite is in the group `h`"_s, u"did you mean `group:g`?"_s);
    row("two endpoints of one name", endpoint.chopped(2) + u",\n  {name: ‸api, group: g, url: 'https://b.test', conditions: ['[STATUS] == 200']}]"_s, u"the endpoint `g/api` exists already"_s, u"it is on line 1: change the name or the group"_s);
    row("an unknown component", u"components: [{name: backend}]\n"_s + with(u"component: ‸bakcend"_s), u"there is no component `bakcend`"_s, u"did you mean `backend`?"_s);
    row("an unknown component of a suite", u"components: [{name: backend}]\nsuites: [{name: s, component: ‸frontend, endpoints: [{name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']}]}]"_s, u"there is no component `frontend`"_s);
    row("an unknown need", endpoint + u"components: [{name: api, needs: [‸databse]}, {name: database}]"_s, u"`api` needs `databse`, which is no component"_s, u"did you mean `database`?"_s);
    row("a circle of three", endpoint + u"components:\n  - {name: a, needs: [b]}\n  - {name: b, needs: [c]}\n  - {name: c, needs: [‸a]}"_s, u"components need each other in a circle: a → b → c → a"_s, u"remove one of these needs"_s);
    row("a component that needs itself", endpoint + u"components: [{name: api, needs: [‸api]}]"_s, u"components need each other in a circle: api → api"_s, u"remove one of these needs"_s);
    row("two components of one name", endpoint + u"components: [{name: api}, {name: ‸api}]"_s, u"the component `api` exists already"_s, u"it is on line 2: change the name"_s);
    row("a suite without steps", u"suites: [‸{name: s}]"_s, u"the suite `s` needs at least one endpoint"_s);
    row("two steps of one name", step(u"conditions: ['[STATUS] == 200']\n      - {name: ‸a, url: 'https://b.test', conditions: ['[STATUS] == 200']}"_s), u"the step `a` exists already in this suite"_s, u"it is on line 4: change the name"_s);
    row("a suite called like an endpoint", endpoint + u"suites: [‸{name: api, group: g, endpoints: [{name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']}]}]"_s, u"the suite `g/api` is called like an endpoint"_s, u"the endpoint is on line 1: change one of the names"_s);
    row("a step without conditions", u"suites:\n  - name: s\n    endpoints:\n      - ‸name: a\n        url: https://a.test"_s, u"the step `a` needs at least one condition"_s, u"add `conditions: [\"[STATUS] == 200\"]`"_s);
    row("a conversation entry that does nothing", step(u"conditions: ['[STATUS] == 200']\n        conversation: [‸{within: 3s}]"_s), u"a conversation entry needs `send` or `expect`"_s);
}

void TestReaderErrors::peopleRows()
{
    row("unknown evidence", endpoint + u"five-whys: [{why: x, evidence: [‸redis]}]"_s, u"no endpoint or suite is called `redis`"_s);
    row("a why without its question", endpoint + u"five-whys: [‸{because: x}]"_s, u"a why needs a `why`"_s);
    row("confirmed when", endpoint + u"five-whys: [{why: x, confirmed-when: ‸failed}]"_s, u"`confirmed-when` cannot be `failed`"_s, u"it is one of: failing, passing"_s);
    row("an action without a title", endpoint + u"actions: [‸{due: 2h}]"_s, u"an action needs a `title`"_s);
    row("a due time", endpoint + u"actions: [{title: x, due: ‸2 hours}]"_s, u"`due` is neither a duration nor a point in time: `2 hours`"_s, u"write `2h`"_s);
    row("a due instant without a start", endpoint + u"actions: [{title: x, due: ‸2025-09-16T06:00:00Z}]"_s, u"`due` is a point in time, but the incident has no `declared` to count from"_s, u"add `declared` under `incident`, or write a duration such as `2h`"_s);
    row("done when what", endpoint + u"actions: [{title: x, done-when: [‸apii]}]"_s, u"no endpoint or suite is called `apii`"_s, u"did you mean `api`?"_s);
    row("an action on an unknown component", endpoint + u"actions: [{title: x, component: ‸apii}]"_s, u"there is no component `apii`"_s, u"did you mean `api`?"_s);
    row("a run without a command", endpoint + u"runs: [‸{name: x}]"_s, u"a run needs a `command`"_s, u"write `command: [program, argument]`"_s);
    row("a command in one text", endpoint + u"runs: [{name: x, command: ‸pytest -v}]"_s, u"`command` must be a list, not `pytest -v`"_s, u"write `[pytest -v]`"_s);
    row("an empty command", endpoint + u"runs: [{name: x, command: ‸[]}]"_s, u"`command` names no program"_s, u"write `command: [program, argument]`"_s);
    row("two runs of one name", endpoint + u"runs: [{name: x, command: [a]}, {name: ‸x, command: [b]}]"_s, u"the run `x` exists already"_s, u"it is on line 2: change the name"_s);
    row("no tests expected", endpoint + u"runs: [{name: x, command: [a], expect: {at-least: ‸0}}]"_s, u"`at-least` must be a whole number, 1 or more, not `0`"_s);
    row("a baseline", endpoint + u"runs: [{name: x, command: [a], baseline: {failed: ‸-1}}]"_s, u"`failed` must be a whole number, 0 or more, not `-1`"_s);
    row("an unknown event", endpoint + u"notify: {webhooks: [{url: 'https://h.test', on: [‸all_clear]}]}"_s, u"there is no event `all_clear`"_s, u"did you mean `all-clear`?"_s);
    row("a webhook that is no web address", endpoint + u"notify: {webhooks: [{url: ‸mailto:a@b.test}]}"_s, u"a webhook's `url` must be an http:// or https:// URL"_s);
    row("a webhook without a URL", endpoint + u"notify: {webhooks: [‸{on: [all-clear]}]}"_s, u"a webhook needs a `url`"_s);
}

void TestReaderErrors::syntaxRows()
{
    row("an empty file", u"‸"_s, u"the file is empty"_s, u"start with `incident:` and `endpoints:`"_s);
    row("only comments", u"‸# nothing\n\n  # more\n"_s, u"the file is empty"_s, u"start with `incident:` and `endpoints:`"_s);
    row("a list", u"‸- a\n- b\n"_s, u"the file must be a mapping, not a list"_s);
    row("text", u"‸hello\n"_s, u"the file must be a mapping, not text"_s);
    row("a second document", endpoint + u"‸---\nendpoints: []\n"_s, u"a second YAML document begins here"_s, u"one file describes one incident: remove the `---`"_s);
    row("an alias to itself", endpoint + u"x: &a [‸*a]\n"_s, u"this alias refers to the value it stands in"_s, u"give the anchor a value that ends before the alias"_s);
    row("a merge of text", u"endpoints:\n  - <<: ‸abc\n    name: a\n    url: https://a.test\n    conditions: ['[STATUS] == 200']"_s, u"`<<` must merge a mapping, not text"_s, u"write `<<: *name`"_s);
}

void TestReaderErrors::names_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<SourceMark>("mark");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("suggestion");
    keyRows();
    valueRows();
    urlRows();
    conditionRows();
    referenceRows();
    peopleRows();
    syntaxRows();
}

void TestReaderErrors::names()
{
    QFETCH(QByteArray, yaml);
    QFETCH(SourceMark, mark);
    QFETCH(QString, message);
    QFETCH(QString, suggestion);
    const ReadResult result = read(yaml);
    QVERIFY(!result.incident);
    const Diagnostics errors = errorsOf(result);
    const auto found = std::ranges::find(errors, message, &Diagnostic::message);
    QVERIFY2(found != errors.end(), qUtf8Printable(shown(result.diagnostics)));
    QVERIFY2(found->mark == mark, qUtf8Printable(u"wanted %1:%2\n"_s.arg(mark.line).arg(mark.column) + shown(errors)));
    QCOMPARE(found->suggestion, suggestion);
}

void TestReaderErrors::bytes_data()
{
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<SourceMark>("mark");
    QTest::addColumn<QString>("message"); // its beginning
    const auto add = [](const char *name, const QByteArray &yaml, int line, int column, const QString &message) {
        QTest::newRow(name) << yaml << SourceMark{line, column} << message;
    };
    add("Latin-1", "a: b\nname: caf\xE9\n", 2, 10, u"the byte 0xE9 is not UTF-8"_s);
    add("an overlong form", "a: \xC0\xAF", 1, 4, u"the byte 0xC0 is not UTF-8"_s);
    add("a surrogate", "a: \xED\xA0\x80", 1, 4, u"the byte 0xED is not UTF-8"_s);
    add("beyond Unicode", "a: \xF4\x90\x80\x80", 1, 4, u"the byte 0xF4 is not UTF-8"_s);
    add("a cut sequence at the end", "a: \xC3", 1, 4, u"the byte 0xC3 is not UTF-8"_s);
    add("UTF-16", QByteArray("\xFF\xFE" "a\0", 4), 1, 1, u"the byte 0xFF is not UTF-8"_s);
    add("a null byte", QByteArray("a: b\n\0", 6), 2, 1, u"the control character 0x00 is not allowed"_s);
    add("the byte that yaml-cpp takes for the end", "a: b\nb: \x04\n", 2, 4, u"the control character 0x04 is not allowed"_s);
    add("an escape", "a: \x1B[0m", 1, 4, u"the control character 0x1B is not allowed"_s);
    add("an open quote", "a: b\nb: \"c\n", 2, 4, u"YAML syntax: this quote is not closed"_s);
    add("an open single quote", "a: b\nb: 'c''\n", 2, 4, u"YAML syntax: this quote is not closed"_s);
    add("an open quote behind an anchor", "a: b\nb: &x \"c\\\"\n", 2, 4, u"YAML syntax: this quote is not closed"_s);
    add("an open quote at the very end", "a: b\nb: \"c", 2, 6, u"YAML syntax: "_s);
    add("an open list", "a: [b, c\n", 2, 1, u"YAML syntax: "_s);
    add("wrong indentation", "a:\n  b: c\n d: e\n", 3, 2, u"YAML syntax: "_s);
    add("an unknown alias", "a: *b\n", 1, 4, u"YAML syntax: "_s);
    add("a tab", "a:\n\tb: c\n", 2, 3, u"YAML syntax: "_s);
    add("a condition without quotes", "conditions:\n  - [STATUS] == 200\n", 2, 14, u"YAML syntax: "_s);
}

void TestReaderErrors::bytes()
{
    QFETCH(QByteArray, yaml);
    QFETCH(SourceMark, mark);
    QFETCH(QString, message);
    const ReadResult result = read(yaml);
    QVERIFY(!result.incident);
    QCOMPARE(result.diagnostics.size(), 1);
    QVERIFY2(result.diagnostics[0].message.startsWith(message), qUtf8Printable(shown(result.diagnostics)));
    QVERIFY2(result.diagnostics[0].mark == mark, qUtf8Printable(shown(result.diagnostics)));
    QVERIFY(!result.diagnostics[0].suggestion.isEmpty());
}

void TestReaderErrors::allErrorsAtOnce()
{
    const ReadResult result = read(R"(incidnt: {title: x}
endpoints:
  - name: a
    url: htp://a.test
    intervall: 10s
    conditions: ["[STATUS] = 200", "[STATUS]==1"]
  - name: a
    url: https://a.test
    client: { timeout: never }
    conditions: []
success-criteria:
  - { title: t, of: [b] }
)");
    QStringList lines;
    for (const Diagnostic &error : errorsOf(result))
        lines.append(u"%1:%2"_s.arg(error.mark.line).arg(error.mark.column));
    QCOMPARE(lines, (QStringList{u"1:1"_s, u"4:10"_s, u"5:5"_s, u"6:28"_s, u"6:45"_s, u"7:11"_s, u"9:24"_s, u"10:17"_s, u"12:22"_s}));
}

void TestReaderErrors::errorsBeforeNotices()
{
    const ReadResult result = read((u"alerting: {}\nmetrics: true\n"_s + endpoint + u"wrong: 1\nworse: 2\n"_s).toUtf8());
    QCOMPARE(result.diagnostics.size(), 4);
    QCOMPARE(result.diagnostics[0].mark.line, 4);
    QCOMPARE(result.diagnostics[1].mark.line, 5);
    QCOMPARE(result.diagnostics[2].severity, Severity::Notice);
    QCOMPARE(result.diagnostics[2].mark.line, 1);
    QCOMPARE(result.diagnostics[3].mark.line, 2);
}

void TestReaderErrors::defaultsAreReportedOnce()
{
    const ReadResult result = read("defaults: {interval: fast, client: {timeout: 0s}}\nendpoints:\n"
                                   "  - {name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']}\n"
                                   "  - {name: b, url: 'https://b.test', conditions: ['[STATUS] == 200']}\n");
    QCOMPARE(result.diagnostics.size(), 2);
    QCOMPARE(result.diagnostics[0].mark, (SourceMark{1, 22}));
}

void TestReaderErrors::sharedErrorsAreReportedOnce()
{
    const ReadResult result = read("x: &e {url: 'https://a.test', conditions: ['[STATUS] = 200']}\nendpoints: [{<<: *e, name: a}, {<<: *e, name: b}]\n");
    QCOMPARE(result.diagnostics.size(), 1);
}

void TestReaderErrors::excerptShowsTheLine()
{
    const ReadResult result = read(with(u"intervall: 10s"_s).toUtf8());
    QCOMPARE(toText(result.diagnostics[0], u"shop.yaml"_s),
             u"shop.yaml:5:5: error: unknown key `intervall`, did you mean `interval`?\n        intervall: 10s\n        ^"_s);
    const ReadResult secret = read("endpoints:\n  - {name: a, url: 'https://u:pw@a.test', Authorization: Basic abc, conditions: []}\n");
    for (const Diagnostic &diagnostic : secret.diagnostics)
        QVERIFY(!diagnostic.excerpt.contains(u":pw@"_s) && !diagnostic.excerpt.contains(u"Basic abc"_s));
    const ReadResult syntax = read("password: \"hunter2secret\n");
    QVERIFY(!shown(syntax.diagnostics).contains(u"hunter2secret"_s));
}

void TestReaderErrors::aliasBombEndsQuickly()
{
    QByteArray yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const QByteArray last = "*a" + QByteArray::number(i - 1);
        yaml += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [" + QByteArrayList(10, last).join(", ") + "]\n";
    }
    const ReadResult result = read(yaml + endpoint.toUtf8());
    QVERIFY(!result.incident);
    QCOMPARE(result.diagnostics[0].message, u"the file grows beyond 200000 values when its aliases are written out"_s);
}

void TestReaderErrors::deepNestingEnds()
{
    const ReadResult deep = read("a: " + QByteArray(100, '[') + QByteArray(100, ']'));
    QVERIFY(std::ranges::any_of(deep.diagnostics, [](const Diagnostic &diagnostic) {
        return diagnostic.message == "the file is nested more than 64 levels deep"_L1;
    }));
    const ReadResult deeper = read("a: " + QByteArray(1'000'000, '['));
    QVERIFY(!deeper.incident);
    QByteArray chain = "a0: &a0 [x]\n";
    for (int i = 1; i < 20'000; ++i)
        chain += "a" + QByteArray::number(i) + ": &a" + QByteArray::number(i) + " [*a" + QByteArray::number(i - 1) + "]\n";
    QVERIFY(!read(chain).incident);
}

void TestReaderErrors::growingVariablesEnd()
{
    QByteArray yaml = "variables:\n  A0: xxxxxxxxxxxxxxxx\n";
    for (int i = 1; i < 60; ++i) {
        const QByteArray last = "${A" + QByteArray::number(i - 1) + "}";
        yaml += "  A" + QByteArray::number(i) + ": " + last + last + "\n";
    }
    const ReadResult result = read(yaml + endpoint.toUtf8());
    QVERIFY(!result.incident);
    QCOMPARE(result.diagnostics[0].message, u"the value grows too long when its variables are replaced"_s);
}

void TestReaderErrors::manyErrorsAreBounded()
{
    QByteArray yaml = endpoint.toUtf8() + "success-criteria:\n";
    for (int i = 0; i < 1500; ++i)
        yaml += "  - {title: t" + QByteArray::number(i) + ", of: [nothing" + QByteArray::number(i) + "]}\n";
    const ReadResult result = read(yaml);
    QVERIFY(!result.incident);
    QVERIFY(result.diagnostics.size() <= 1000);
}

void TestReaderErrors::mutantsNeverCrash()
{
    QRandomGenerator random(20250916);
    const auto below = [&random](qsizetype limit) { return static_cast<qsizetype>(random.bounded(static_cast<quint32>(limit))); };
    const QDir fixtures(QStringLiteral(FIXTURES "/incident"));
    int refused = 0;
    const QStringList names = fixtures.entryList({u"*.yaml"_s}, QDir::Files, QDir::Name);
    QVERIFY(names.size() >= 4);
    for (const QString &name : names) {
        QFile file(fixtures.filePath(name));
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray original = file.readAll();
        for (int i = 0; i < 500; ++i) {
            QByteArray mutant = original;
            for (qsizetype edits = 1 + below(3); edits > 0; --edits) {
                QByteArrayList lines = mutant.split('\n');
                const qsizetype line = below(lines.size());
                const qsizetype at = below(mutant.size());
                switch (below(7)) {
                case 0: lines.removeAt(line); mutant = lines.join('\n'); break;
                case 1: lines.insert(line, lines[below(lines.size())]); mutant = lines.join('\n'); break;
                case 2: lines.swapItemsAt(line, below(lines.size())); mutant = lines.join('\n'); break;
                case 3: lines[line].prepend("  "); mutant = lines.join('\n'); break;
                case 4: mutant.remove(at, 1 + below(20)); break;
                case 5: mutant[at] = static_cast<char>(below(256)); break;
                default: mutant.insert(at, QByteArray("[]{}:,&*-#\"'\n|>$%!?<").mid(below(20), 1 + below(3))); break;
                }
            }
            const ReadResult result = read(mutant);
            QCOMPARE(result.incident == nullptr, hasErrors(result.diagnostics));
            for (const Diagnostic &diagnostic : result.diagnostics) {
                QVERIFY(!diagnostic.message.isEmpty());
                QVERIFY(diagnostic.mark.line >= 1 && diagnostic.mark.column >= 1);
            }
            refused += result.incident ? 0 : 1;
        }
    }
    QVERIFY(refused > 500);
}

QTEST_GUILESS_MAIN(TestReaderErrors)
#include "tst_reader_errors.moc"
