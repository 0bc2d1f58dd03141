// One row a meaning of the condition language. "as Gatus" rows are the scenarios of Gatus's own tests
// (config/endpoint/condition_test.go, jsonpath_test.go, pattern_test.go) in this language's output.
#include "conditions/condition.h"
#include "support/testmain.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;
using namespace allclear;

namespace {

constexpr Truth Met = Truth::Met;
constexpr Truth Unmet = Truth::Unmet;
constexpr Truth Blank = Truth::NotEvaluable;

struct Row {
    const char *name;
    QString condition;
    Evidence evidence;
    Truth truth;
    QString shown;
};

Evidence nothing() { return {}; }

Evidence status(int code)
{
    Evidence evidence;
    evidence.status = code;
    return evidence;
}

Evidence body(const QByteArray &bytes)
{
    Evidence evidence = status(200);
    evidence.body = bytes;
    return evidence;
}

Evidence took(Duration time)
{
    Evidence evidence = status(200);
    evidence.responseTime = time;
    return evidence;
}

Evidence ip(const QString &address)
{
    Evidence evidence;
    evidence.ip = address;
    return evidence;
}

Evidence certificate(Duration left)
{
    Evidence evidence;
    evidence.certificateExpiration = left;
    return evidence;
}

Evidence connected(bool yes)
{
    Evidence evidence;
    evidence.connected = yes;
    return evidence;
}

Evidence message(const QByteArray &bytes)
{
    Evidence evidence;
    evidence.message = bytes;
    return evidence;
}

Evidence context(const QJsonObject &values)
{
    Evidence evidence = status(200);
    evidence.responseTime = 100ms;
    evidence.context = values;
    return evidence;
}

Evidence headers()
{
    Evidence evidence = status(200);
    evidence.headers = {{u"Content-Type"_s, u"application/json"_s}, {u"X-Empty"_s, QString()}, {u"Age"_s, u"12"_s}, {u"age"_s, u"99"_s}};
    return evidence;
}

Evidence secured()
{
    Evidence evidence;
    evidence.chain = ChainVerdict::SelfSigned;
    evidence.tlsVersion = u"TLSv1.3"_s;
    evidence.code = u"NOAUTH"_s;
    evidence.dnsRcode = u"NXDOMAIN"_s;
    evidence.domainExpiration = 800h;
    evidence.phases[static_cast<std::size_t>(Phase::Wait)] = 10150ms;
    return evidence;
}

Evidence sampled(std::optional<double> value, qsizetype series = 1)
{
    Evidence evidence = status(200);
    evidence.value = value;
    evidence.series = QJsonArray();
    for (qsizetype i = 0; i < series; ++i)
        evidence.series->append(QJsonObject{{u"metric"_s, QJsonObject{{u"job"_s, u"api"_s}}}});
    if (series > 0)
        evidence.labels = QJsonObject{{u"job"_s, u"api"_s}, {u"__name__"_s, u"up"_s}};
    return evidence;
}

const QByteArray html = R"(<!DOCTYPE html><html lang="en"><body><div id="user">jane.doe</div></body></html>)";
const QByteArray john = R"({"data": {"id": 1, "name": "john"}})";

QList<Row> gatusRows()
{
    return {
        {"an address equals itself", u"[IP] == 127.0.0.1"_s, ip(u"127.0.0.1"_s), Met, u"[IP] (127.0.0.1) == 127.0.0.1"_s},
        {"a status equals", u"[STATUS] == 200"_s, status(200), Met, u"[STATUS] (200) == 200"_s},
        {"a status differs", u"[STATUS] == 200"_s, status(500), Unmet, u"[STATUS] (500) == 200"_s},
        {"a status is less", u"[STATUS] < 300"_s, status(201), Met, u"[STATUS] (201) < 300"_s},
        {"a status is not less", u"[STATUS] < 300"_s, status(404), Unmet, u"[STATUS] (404) < 300"_s},
        {"a time is less", u"[RESPONSE_TIME] < 500"_s, took(50ms), Met, u"[RESPONSE_TIME] (50) < 500"_s},
        {"a time is less than a duration", u"[RESPONSE_TIME] < 1s"_s, took(50ms), Met, u"[RESPONSE_TIME] (50) < 1s"_s},
        {"a time is greater", u"[RESPONSE_TIME] > 500"_s, took(750ms), Met, u"[RESPONSE_TIME] (750) > 500"_s},
        {"a time is greater than a duration", u"[RESPONSE_TIME] > 1s"_s, took(2s), Met, u"[RESPONSE_TIME] (2000) > 1s"_s},
        {"a time is at least, equal", u"[RESPONSE_TIME] >= 500"_s, took(500ms), Met, u"[RESPONSE_TIME] (500) >= 500"_s},
        {"a time is not at least", u"[RESPONSE_TIME] >= 500"_s, took(499ms), Unmet, u"[RESPONSE_TIME] (499) >= 500"_s},
        {"a time is at most, equal", u"[RESPONSE_TIME] <= 500"_s, took(500ms), Met, u"[RESPONSE_TIME] (500) <= 500"_s},
        {"a time is at most, less", u"[RESPONSE_TIME] <= 500"_s, took(25ms), Met, u"[RESPONSE_TIME] (25) <= 500"_s},
        {"a time is not at most", u"[RESPONSE_TIME] <= 500"_s, took(750ms), Unmet, u"[RESPONSE_TIME] (750) <= 500"_s},
        {"a body equals", u"[BODY] == test"_s, body("test"), Met, u"[BODY] (test) == test"_s},
        {"a body equals without the space round it", u"[BODY] == test"_s, body(" test\n"), Met, u"[BODY] (test) == test"_s},
        {"a body is a number", u"[BODY] == 123"_s, body("123"), Met, u"[BODY] (123) == 123"_s},
        {"a body is a smaller number", u"[BODY] < 124"_s, body("123"), Met, u"[BODY] (123) < 124"_s},
        {"a body is a greater number", u"[BODY] > 122"_s, body("123"), Met, u"[BODY] (123) > 122"_s},
        {"a body is no greater number", u"[BODY] > 123"_s, body("100"), Unmet, u"[BODY] (100) > 123"_s},
        {"a member equals a text", u"[BODY].status == UP"_s, body(R"({"status":"UP"})"), Met, u"[BODY].status (UP) == UP"_s},
        {"a member of a member equals", u"[BODY].data.name == john"_s, body(john), Met, u"[BODY].data.name (john) == john"_s},
        {"two members differ", u"[BODY].a != [BODY].b"_s, body(R"({"a":"john","b":"doe"})"), Met, u"[BODY].a (john) != [BODY].b (doe)"_s},
        {"two members are not equal", u"[BODY].a == [BODY].b"_s, body(R"({"a":"john","b":"doe"})"), Unmet, u"[BODY].a (john) == [BODY].b (doe)"_s},
        {"an element of a root array", u"[BODY][0].id == 1"_s, body(R"([{"id": 1}, {"id": 2}])"), Met, u"[BODY][0].id (1) == 1"_s},
        {"an element after a dot", u"[BODY].[1].id == 2"_s, body(R"([{"id": 1}, {"id": 2}])"), Met, u"[BODY].[1].id (2) == 2"_s},
        {"an element of a member", u"[BODY].data[1].id == 2"_s, body(R"({"data": [{"id": 1}, {"id": 2}]})"), Met, u"[BODY].data[1].id (2) == 2"_s},
        {"an element of an element", u"[BODY][3][2] == 7"_s, body("[[1, 2], [3, 4], [], [5, 6, 7]]"), Met, u"[BODY][3][2] (7) == 7"_s},
        {"an element of a member's element", u"[BODY].data[1][1] == eeeee"_s, body(R"({"data": [["a"], ["d", "eeeee"]]})"), Met, u"[BODY].data[1][1] (eeeee) == eeeee"_s},
        {"arrays and objects nested", u"[BODY].d[0].apps[1].name == app2"_s, body(R"({"d":[{"apps":[{"name":"app1"},{"name":"app2"}]}]})"), Met, u"[BODY].d[0].apps[1].name (app2) == app2"_s},
        {"an object is compact JSON", u"[BODY][0] == {\"id\":1}"_s, body(R"([{"id": 1}, {"id": 2}])"), Met, u"[BODY][0] ({\"id\":1}) == {\"id\":1}"_s},
        {"a number is greater", u"[BODY].data.id > 0"_s, body(john), Met, u"[BODY].data.id (1) > 0"_s},
        {"a number is not greater", u"[BODY].data.id > 5"_s, body(john), Unmet, u"[BODY].data.id (1) > 5"_s},
        {"a decimal in a text is greater", u"[BODY].balance > 100"_s, body(R"({"balance": "123.40000000000005"})"), Met, u"[BODY].balance (123.40000000000005) > 100"_s},
        {"a decimal keeps its digits", u"[BODY].balance == 123.40000000000005"_s, body(R"({"balance": 123.40000000000005})"), Met, u"[BODY].balance (123.40000000000005) == 123.40000000000005"_s},
        {"a hexadecimal text is a number", u"[BODY].data > 0"_s, body(R"({"data": "0x1"})"), Met, u"[BODY].data (0x1) > 0"_s},
        {"a hexadecimal text equals one", u"[BODY].data == 1"_s, body(R"({"data": "0x1"})"), Met, u"[BODY].data (0x1) == 1"_s},
        {"a hexadecimal text equals 0x1", u"[BODY].data == 0x1"_s, body(R"({"data": "0x1"})"), Met, u"[BODY].data (0x1) == 0x1"_s},
        {"0xF is 15", u"[BODY].data == 15"_s, body(R"({"data": "0xF"})"), Met, u"[BODY].data (0xF) == 15"_s},
        {"0xC0ff33 is 12648243", u"[BODY].data == 12648243"_s, body(R"({"data": "0xC0ff33"})"), Met, u"[BODY].data (0xC0ff33) == 12648243"_s},
        {"0x01 is at least 1", u"[BODY].data >= 1"_s, body(R"({"data": "0x01"})"), Met, u"[BODY].data (0x01) >= 1"_s},
        {"an octal text is a number", u"[BODY].data > 0"_s, body(R"({"data": "0o1"})"), Met, u"[BODY].data (0o1) > 0"_s},
        {"0o2 is 2", u"[BODY].data == 2"_s, body(R"({"data": "0o2"})"), Met, u"[BODY].data (0o2) == 2"_s},
        {"0o2 is 0o2", u"[BODY].data == 0o2"_s, body(R"({"data": "0o2"})"), Met, u"[BODY].data (0o2) == 0o2"_s},
        {"a binary text is a number", u"[BODY].data > 0"_s, body(R"({"data": "0b1"})"), Met, u"[BODY].data (0b1) > 0"_s},
        {"0b0010 is 2", u"[BODY].data == 2"_s, body(R"({"data": "0b0010"})"), Met, u"[BODY].data (0b0010) == 2"_s},
        {"0b0010 is 0b10", u"[BODY].data == 0b10"_s, body(R"({"data": "0b0010"})"), Met, u"[BODY].data (0b0010) == 0b10"_s},
        {"connected", u"[CONNECTED] == true"_s, connected(true), Met, u"[CONNECTED] (true) == true"_s},
        {"not connected", u"[CONNECTED] == true"_s, connected(false), Unmet, u"[CONNECTED] (false) == true"_s},
        {"a certificate lasts", u"[CERTIFICATE_EXPIRATION] > 2419200000"_s, certificate(24h * 60), Met, u"[CERTIFICATE_EXPIRATION] (1440h) > 2419200000"_s},
        {"a certificate does not last", u"[CERTIFICATE_EXPIRATION] > 2419200000"_s, certificate(24h * 14), Unmet, u"[CERTIFICATE_EXPIRATION] (336h) > 2419200000"_s},
        {"a certificate lasts a duration", u"[CERTIFICATE_EXPIRATION] > 12h"_s, certificate(24h), Met, u"[CERTIFICATE_EXPIRATION] (24h) > 12h"_s},
        {"a certificate does not last a duration", u"[CERTIFICATE_EXPIRATION] > 48h"_s, certificate(24h), Unmet, u"[CERTIFICATE_EXPIRATION] (24h) > 48h"_s},
        {"two literals differ", u"1 == 2"_s, nothing(), Unmet, u"1 == 2"_s},
        {"two literals are equal", u"raw == raw"_s, nothing(), Met, u"raw == raw"_s},
        {"the length of a text", u"len([BODY].data.name) == 4"_s, body(john), Met, u"len([BODY].data.name) (4) == 4"_s},
        {"the length of a root array", u"len([BODY]) == 3"_s, body(R"([{"id": 1}, {"id": 2}, {"id": 3}])"), Met, u"len([BODY]) (3) == 3"_s},
        {"the length of a member array", u"len([BODY].data) == 3"_s, body(R"({"data": [1, 2, 3]})"), Met, u"len([BODY].data) (3) == 3"_s},
        {"the length of a plain body", u"len([BODY]) == 8"_s, body("john.doe"), Met, u"len([BODY]) (8) == 8"_s},
        {"the length of a number", u"len([BODY].age) == 2"_s, body(R"({"age":18})"), Met, u"len([BODY].age) (2) == 2"_s},
        {"the length of a boolean", u"len([BODY].adult) == 4"_s, body(R"({"adult":true})"), Met, u"len([BODY].adult) (4) == 4"_s},
        {"the length of an object in an array", u"len([BODY][0]) == 23"_s, body(R"([{"age":18,"adult":true}])"), Met, u"len([BODY][0]) (23) == 23"_s},
        {"the length of a root object", u"len([BODY]) == 20"_s, body(R"({"name": "john.doe"})"), Met, u"len([BODY]) (20) == 20"_s},
        {"the length of a hexadecimal text", u"len([BODY].data) == 4"_s, body(R"({"data": "0x01"})"), Met, u"len([BODY].data) (4) == 4"_s},
        {"the length of a status", u"len([STATUS]) == 3"_s, status(200), Met, u"len([STATUS]) (3) == 3"_s},
        {"a pattern in a body", u"[BODY] == pat(*john*)"_s, body(R"({"name": "john.doe"})"), Met, u"[BODY] ({\"name\": \"john.doe\"}) == pat(*john*)"_s},
        {"a pattern at the start", u"[BODY].name == pat(john*)"_s, body(R"({"name": "john.doe"})"), Met, u"[BODY].name (john.doe) == pat(john*)"_s},
        {"a pattern that does not match", u"[BODY].name == pat(bob*)"_s, body(R"({"name": "john.doe"})"), Unmet, u"[BODY].name (john.doe) == pat(bob*)"_s},
        {"a pattern with markup", u"[BODY] == pat(*<div id=\"user\">jane.doe</div>*)"_s, body(html), Met, u"[BODY] (<!DOCTYPE html><html lang...(truncated)) == pat(*<div id=\"user\">jane.doe</div>*)"_s},
        {"a pattern with markup on the left", u"pat(*<div id=\"user\">john.doe</div>*) == [BODY]"_s, body(html), Unmet, u"pat(*<div id=\"user\">john.doe</div>*) == [BODY] (<!DOCTYPE html><html lang...(truncated))"_s},
        {"a pattern in an array", u"[BODY].data == pat(*Whatever*)"_s, body(R"({"data": ["hello", "world", "Whatever"]})"), Met, u"[BODY].data ([hello world Whatever]) == pat(*Whatever*)"_s},
        {"a pattern of an address", u"[IP] == pat(10.*)"_s, ip(u"10.0.0.0"_s), Met, u"[IP] (10.0.0.0) == pat(10.*)"_s},
        {"a pattern of another address", u"[IP] == pat(10.*)"_s, ip(u"255.255.255.255"_s), Unmet, u"[IP] (255.255.255.255) == pat(10.*)"_s},
        {"a pattern of a status", u"[STATUS] == pat(4*)"_s, status(404), Met, u"[STATUS] (404) == pat(4*)"_s},
        {"a pattern of another status", u"[STATUS] == pat(4*)"_s, status(200), Unmet, u"[STATUS] (200) == pat(4*)"_s},
        {"a pattern that must not match", u"[STATUS] != pat(5*)"_s, status(200), Met, u"[STATUS] (200) != pat(5*)"_s},
        {"any of two names, the second", u"[BODY].name == any(john.doe, jane.doe)"_s, body(R"({"name": "jane.doe"})"), Met, u"[BODY].name (jane.doe) == any(john.doe, jane.doe)"_s},
        {"any of two names, neither", u"[BODY].name == any(john.doe, jane.doe)"_s, body(R"({"name": "bob"})"), Unmet, u"[BODY].name (bob) == any(john.doe, jane.doe)"_s},
        {"any of two statuses", u"[STATUS] == any(200, 429)"_s, status(429), Met, u"[STATUS] (429) == any(200, 429)"_s},
        {"any on the left", u"any(200, 429) == [STATUS]"_s, status(429), Met, u"any(200, 429) == [STATUS] (429)"_s},
        {"any, none of them", u"[STATUS] == any(200, 429)"_s, status(404), Unmet, u"[STATUS] (404) == any(200, 429)"_s},
        {"any that must not be", u"[STATUS] != any(500, 503)"_s, status(503), Unmet, u"[STATUS] (503) != any(500, 503)"_s},
        {"has not", u"has([BODY].errors) == false"_s, body("{}"), Met, u"has([BODY].errors) (false) == false"_s},
        {"has an object", u"has([BODY].article) == true"_s, body(R"({"article": {"id": 123}})"), Met, u"has([BODY].article) (true) == true"_s},
        {"has although it must not", u"has([BODY].errors) == false"_s, body(R"({"errors": ["1"]})"), Unmet, u"has([BODY].errors) (true) == false"_s},
        {"a context value", u"[STATUS] == [CONTEXT].expected"_s, context({{u"expected"_s, 200}}), Met, u"[STATUS] (200) == [CONTEXT].expected (200)"_s},
        {"a context value inside another", u"[CONTEXT].nested.value == test"_s, context({{u"nested"_s, QJsonObject{{u"value"_s, u"test"_s}}}}), Met, u"[CONTEXT].nested.value (test) == test"_s},
        {"the length of a context array", u"len([CONTEXT].list) == 3"_s, context({{u"list"_s, QJsonArray{1, 2, 3}}}), Met, u"len([CONTEXT].list) (3) == 3"_s},
        {"the length of a context object", u"len([CONTEXT].map) == 2"_s, context({{u"map"_s, QJsonObject{{u"a"_s, 1}, {u"b"_s, 2}}}}), Met, u"len([CONTEXT].map) (2) == 2"_s},
        {"has a context value", u"has([CONTEXT].user) == true"_s, context({{u"user"_s, u"abc"_s}}), Met, u"has([CONTEXT].user) (true) == true"_s},
        {"has no such context value", u"has([CONTEXT].token) == false"_s, context({{u"user"_s, u"abc"_s}}), Met, u"has([CONTEXT].token) (false) == false"_s},
        {"placeholders in lower case", u"[status] == 200"_s, status(200), Met, u"[status] (200) == 200"_s},
        {"placeholders in mixed case keep the path's case", u"[Body].Name == x"_s, body(R"({"Name":"x","name":"y"})"), Met, u"[Body].Name (x) == x"_s},
    };
}

// Where Gatus is green, or guesses, without evidence.
QList<Row> evidenceRows()
{
    const Evidence text = body("not JSON");
    return {
        {"no answer: a status is not below 500", u"[STATUS] < 500"_s, nothing(), Blank, u"[STATUS] (no value) < 500"_s},
        {"no answer: a status is not other than 500", u"[STATUS] != 500"_s, nothing(), Blank, u"[STATUS] (no value) != 500"_s},
        {"no answer: a status equals nothing", u"[STATUS] == 0"_s, nothing(), Blank, u"[STATUS] (no value) == 0"_s},
        {"no answer: no response time below a limit", u"[RESPONSE_TIME] < 2000"_s, nothing(), Blank, u"[RESPONSE_TIME] (no value) < 2000"_s},
        {"no answer: no response time on the right", u"2000 > [RESPONSE_TIME]"_s, nothing(), Blank, u"2000 > [RESPONSE_TIME] (no value)"_s},
        {"no answer: has() is not false", u"has([BODY].errors) == false"_s, nothing(), Blank, u"has([BODY].errors) (no value) == false"_s},
        {"no answer: has() is not unequal true", u"has([BODY].errors) != true"_s, nothing(), Blank, u"has([BODY].errors) (no value) != true"_s},
        {"no answer: no body has no length", u"len([BODY].items) < 5"_s, nothing(), Blank, u"len([BODY].items) (no value) < 5"_s},
        {"no answer: no body is not unequal", u"[BODY].status != DOWN"_s, nothing(), Blank, u"[BODY].status (no value) != DOWN"_s},
        {"no answer: has() of the body", u"has([BODY]) == false"_s, nothing(), Blank, u"has([BODY]) (no value) == false"_s},
        {"no answer: a pattern is not unmatched", u"[BODY] != pat(*error*)"_s, nothing(), Blank, u"[BODY] (no value) != pat(*error*)"_s},
        {"no answer: any is not none", u"[STATUS] != any(500, 503)"_s, nothing(), Blank, u"[STATUS] (no value) != any(500, 503)"_s},
        {"no answer: an expression is not unmatched", u"[BODY] != matches(/error/)"_s, nothing(), Blank, u"[BODY] (no value) != matches(/error/)"_s},
        {"no answer: no certificate is not zero", u"[CERTIFICATE_EXPIRATION] == 0"_s, nothing(), Blank, u"[CERTIFICATE_EXPIRATION] (no value) == 0"_s},
        {"no answer: connected is not known", u"[CONNECTED] == false"_s, nothing(), Blank, u"[CONNECTED] (no value) == false"_s},
        {"no answer: two absences are not equal", u"[BODY].a == [BODY].b"_s, nothing(), Blank, u"[BODY].a (no value) == [BODY].b (no value)"_s},
        {"no answer: has() of a header", u"has([HEADER].X-Error) == false"_s, nothing(), Blank, u"has([HEADER].X-Error) (no value) == false"_s},
        {"no answer: has() of a phase", u"has([PHASE].tls) == false"_s, nothing(), Blank, u"has([PHASE].tls) (no value) == false"_s},
        {"no context: has() of it", u"has([CONTEXT].token) == false"_s, status(200), Blank, u"has([CONTEXT].token) (no value) == false"_s},
        {"the path is missing", u"[BODY].data.name == john"_s, body(R"({"data": {"id": 1}})"), Blank, u"[BODY].data.name (no value) == john"_s},
        {"the path is missing in len()", u"len([BODY].data.name) == 4"_s, body(R"({"data": {"id": 1}})"), Blank, u"len([BODY].data.name) (no value) == 4"_s},
        {"the path is missing and unequal", u"[BODY].latency != 500"_s, body("{}"), Blank, u"[BODY].latency (no value) != 500"_s},
        {"the path is missing and below", u"[BODY].latency < 500"_s, body("{}"), Blank, u"[BODY].latency (no value) < 500"_s},
        {"null is no value", u"[BODY].data == OK"_s, body(R"({"data": null})"), Blank, u"[BODY].data (no value) == OK"_s},
        {"null is not the text null", u"[BODY].data == null"_s, body(R"({"data": null})"), Blank, u"[BODY].data (no value) == null"_s},
        {"null is not unequal", u"[BODY].data != OK"_s, body(R"({"data": null})"), Blank, u"[BODY].data (no value) != OK"_s},
        {"a null element is no value", u"[BODY].items[0] == OK"_s, body(R"({"items": [null, null]})"), Blank, u"[BODY].items[0] (no value) == OK"_s},
        {"a null body has no members", u"[BODY].data == OK"_s, body("null"), Blank, u"[BODY].data (no value) == OK"_s},
        {"has() of null is false", u"has([BODY].data) == false"_s, body(R"({"data": null})"), Met, u"has([BODY].data) (false) == false"_s},
        {"has() in a null body is false", u"has([BODY].data) == false"_s, body("null"), Met, u"has([BODY].data) (false) == false"_s},
        {"has() in a body that is no JSON is unknown", u"has([BODY].errors) == false"_s, text, Blank, u"has([BODY].errors) (no value) == false"_s},
        {"has() in an empty body is unknown", u"has([BODY].errors) == false"_s, body(""), Blank, u"has([BODY].errors) (no value) == false"_s},
        {"has() in half a body is unknown", u"has([BODY].errors) == false"_s, body(R"({"status": "UP", "err)"), Blank, u"has([BODY].errors) (no value) == false"_s},
        {"rubbish after the JSON", u"[BODY].data == OK"_s, body(R"({"data": "OK"}")"), Blank, u"[BODY].data (no value) == OK"_s},
        {"has() of the whole body is of the text", u"has([BODY]) == true"_s, text, Met, u"has([BODY]) (true) == true"_s},
        {"has() of an empty body that arrived", u"has([BODY]) == true"_s, body(" \n"), Unmet, u"has([BODY]) (false) == true"_s},
        {"an array is asked for, an object came", u"[BODY][0].name == test"_s, body(R"({"message": "x"})"), Blank, u"[BODY][0].name (no value) == test"_s},
        {"an object is asked for, an array came", u"[BODY].status != DOWN"_s, body("[]"), Blank, u"[BODY].status (no value) != DOWN"_s},
        {"a member of a number", u"[BODY].a.b == 5"_s, body(R"({"a": 5})"), Blank, u"[BODY].a.b (no value) == 5"_s},
        {"a member of a text", u"[BODY].data.name.x == john"_s, body(john), Blank, u"[BODY].data.name.x (no value) == john"_s},
        {"a member of a lone number", u"[BODY].x == 5"_s, body("5"), Blank, u"[BODY].x (no value) == 5"_s},
        {"an index past the end", u"[BODY][5].id != 1"_s, body(R"([{"id": 1}])"), Blank, u"[BODY][5].id (no value) != 1"_s},
        {"a text is not below a number", u"[BODY].n < 5"_s, body(R"({"n": "abc"})"), Blank, u"[BODY].n (abc) < 5"_s},
        {"a boolean is not below a number", u"[BODY].n <= 5"_s, body(R"({"n": true})"), Blank, u"[BODY].n (true) <= 5"_s},
        {"an empty text is not below a number", u"[BODY].n < 5"_s, body(R"({"n": ""})"), Blank, u"[BODY].n () < 5"_s},
        {"nothing is below a text", u"[RESPONSE_TIME] < potato"_s, took(50ms), Blank, u"[RESPONSE_TIME] (50) < potato"_s},
        {"nan is no number", u"[BODY].n < 5"_s, body(R"({"n": "nan"})"), Blank, u"[BODY].n (nan) < 5"_s},
        {"inf is no number", u"[BODY].n > 5"_s, body(R"({"n": "inf"})"), Blank, u"[BODY].n (inf) > 5"_s},
        {"1e999 is no number", u"[BODY].n > 5"_s, body(R"({"n": "1e999"})"), Blank, u"[BODY].n (1e999) > 5"_s},
        {"a stored value is missing", u"[STATUS] == [CONTEXT].other"_s, context({{u"expected"_s, 200}}), Blank, u"[STATUS] (200) == [CONTEXT].other (no value)"_s},
        {"a stored limit is missing", u"[RESPONSE_TIME] < [CONTEXT].limit"_s, context({{u"expected"_s, 200}}), Blank, u"[RESPONSE_TIME] (100) < [CONTEXT].limit (no value)"_s},
        {"a windowed function of one result", u"p95([RESPONSE_TIME]) < 2000"_s, took(50ms), Blank, u"p95([RESPONSE_TIME]) (no value) < 2000"_s},
    };
}

// What is ours: numbers as numbers, more placeholders, matches().
QList<Row> ourRows()
{
    return {
        {"decimals compare as numbers", u"[BODY].load < 1.6"_s, body(R"({"load": 1.5})"), Met, u"[BODY].load (1.5) < 1.6"_s},
        {"decimals are not cut", u"[BODY].ratio > 0.9"_s, body(R"({"ratio": 0.85})"), Unmet, u"[BODY].ratio (0.85) > 0.9"_s},
        {"decimal literals", u"1.5 < 1.6"_s, nothing(), Met, u"1.5 < 1.6"_s},
        {"1.0 is 1", u"[BODY].n == 1"_s, body(R"({"n": "1.0"})"), Met, u"[BODY].n (1.0) == 1"_s},
        {"a text 200 is 200", u"[BODY].n == 200"_s, body(R"({"n": "200"})"), Met, u"[BODY].n (200) == 200"_s},
        {"a million is not 1e+06", u"[BODY].n == 1000000"_s, body(R"({"n": 1000000})"), Met, u"[BODY].n (1000000) == 1000000"_s},
        {"negative numbers", u"[BODY].n < -1"_s, body(R"({"n": -1.5})"), Met, u"[BODY].n (-1.5) < -1"_s},
        {"negative hexadecimal", u"[BODY].n == -16"_s, body(R"({"n": "-0x10"})"), Met, u"[BODY].n (-0x10) == -16"_s},
        {"a leading zero is decimal", u"[BODY].n == 8"_s, body(R"({"n": "010"})"), Unmet, u"[BODY].n (010) == 8"_s},
        {"beyond 2^53, equal", u"[BODY].n == 9007199254740993"_s, body(R"({"n": 9007199254740993})"), Met, u"[BODY].n (9007199254740993) == 9007199254740993"_s},
        {"beyond 2^53, one apart", u"[BODY].n == 9007199254740992"_s, body(R"({"n": 9007199254740993})"), Unmet, u"[BODY].n (9007199254740993) == 9007199254740992"_s},
        {"beyond 2^53 against a decimal", u"[BODY].n > 9007199254740992.0"_s, body(R"({"n": 9007199254740993})"), Met, u"[BODY].n (9007199254740993) > 9007199254740992.0"_s},
        {"beyond 64 bits texts compare as texts", u"[BODY].n == 18446744073709551614"_s, body(R"({"n": "18446744073709551615"})"), Unmet, u"[BODY].n (18446744073709551615) == 18446744073709551614"_s},
        {"an exponent in a text stays text", u"[BODY].sha == 100000"_s, body(R"({"sha": "1e5"})"), Unmet, u"[BODY].sha (1e5) == 100000"_s},
        {"an exponent orders", u"[BODY].n > 99999"_s, body(R"({"n": "1e5"})"), Met, u"[BODY].n (1e5) > 99999"_s},
        {"a quoted literal keeps its quotes", u"[BODY].s == \"UP\""_s, body(R"({"s": "UP"})"), Unmet, u"[BODY].s (UP) == \"UP\""_s},
        {"texts compare with case", u"[BODY].s == up"_s, body(R"({"s": "UP"})"), Unmet, u"[BODY].s (UP) == up"_s},
        {"a fraction of a millisecond counts", u"[RESPONSE_TIME] <= 500"_s, took(500400us), Unmet, u"[RESPONSE_TIME] (500.4) <= 500"_s},
        {"a tiny time is not zero", u"[RESPONSE_TIME] > 0"_s, took(40us), Met, u"[RESPONSE_TIME] (0.04) > 0"_s},
        {"a time equals a duration", u"[RESPONSE_TIME] == 1s"_s, took(1000ms), Met, u"[RESPONSE_TIME] (1000) == 1s"_s},
        {"a duration in a body orders", u"[BODY].lag < 2s"_s, body(R"({"lag": "300ms"})"), Met, u"[BODY].lag (300ms) < 2s"_s},
        {"a duration in a body is a text for ==", u"[BODY].lag == 2s"_s, body(R"({"lag": "2000ms"})"), Unmet, u"[BODY].lag (2000ms) == 2s"_s},
        {"compound durations", u"[CERTIFICATE_EXPIRATION] > 1h30m"_s, certificate(2h + 5s), Met, u"[CERTIFICATE_EXPIRATION] (2h0m5s) > 1h30m"_s},
        {"an expired certificate is negative", u"[CERTIFICATE_EXPIRATION] > 0"_s, certificate(-5min), Unmet, u"[CERTIFICATE_EXPIRATION] (-5m) > 0"_s},
        {"a domain lasts", u"[DOMAIN_EXPIRATION] > 720h"_s, secured(), Met, u"[DOMAIN_EXPIRATION] (800h) > 720h"_s},
        {"a DNS code", u"[DNS_RCODE] == NOERROR"_s, secured(), Unmet, u"[DNS_RCODE] (NXDOMAIN) == NOERROR"_s},
        {"a chain verdict", u"[CHAIN] == ok"_s, secured(), Unmet, u"[CHAIN] (self-signed) == ok"_s},
        {"a TLS version", u"[TLS_VERSION] == any(TLSv1.2, TLSv1.3)"_s, secured(), Met, u"[TLS_VERSION] (TLSv1.3) == any(TLSv1.2, TLSv1.3)"_s},
        {"a sample", u"[VALUE] == 1"_s, sampled(1), Met, u"[VALUE] (1) == 1"_s},
        {"a sample below a limit", u"[VALUE] < 0.9"_s, sampled(0.42), Met, u"[VALUE] (0.42) < 0.9"_s},
        {"a negative sample", u"[value] < 0"_s, sampled(-2.5), Met, u"[value] (-2.5) < 0"_s},
        {"a large sample", u"[VALUE] > 1000000"_s, sampled(1.5e9), Met, u"[VALUE] (1500000000) > 1000000"_s},
        {"a sample that is no number", u"[VALUE] < 5"_s, sampled(std::nullopt), Blank, u"[VALUE] (no value) < 5"_s},
        {"no sample is not below a limit", u"[VALUE] < 5"_s, sampled(std::nullopt, 0), Blank, u"[VALUE] (no value) < 5"_s},
        {"no sample is not zero", u"[VALUE] == 0"_s, sampled(std::nullopt, 0), Blank, u"[VALUE] (no value) == 0"_s},
        {"no sample: has() knows it", u"has([VALUE]) == false"_s, sampled(std::nullopt, 0), Met, u"has([VALUE]) (false) == false"_s},
        {"no query: has() of the sample", u"has([VALUE]) == false"_s, nothing(), Blank, u"has([VALUE]) (no value) == false"_s},
        {"a label", u"[LABELS].job == api"_s, sampled(1), Met, u"[LABELS].job (api) == api"_s},
        {"a label with underscores", u"[LABELS].__name__ == up"_s, sampled(1), Met, u"[LABELS].__name__ (up) == up"_s},
        {"a label that is missing", u"[LABELS].zone != eu"_s, sampled(1), Blank, u"[LABELS].zone (no value) != eu"_s},
        {"has() of a label that is missing", u"has([LABELS].zone) == false"_s, sampled(1), Met, u"has([LABELS].zone) (false) == false"_s},
        {"no sample has no labels", u"[LABELS].job != api"_s, sampled(std::nullopt, 0), Blank, u"[LABELS].job (no value) != api"_s},
        {"the number of series", u"len([SERIES]) == 3"_s, sampled(1, 3), Met, u"len([SERIES]) (3) == 3"_s},
        {"no series is none", u"len([SERIES]) == 0"_s, sampled(std::nullopt, 0), Met, u"len([SERIES]) (0) == 0"_s},
        {"one of the series", u"[SERIES][1].metric.job == api"_s, sampled(1, 2), Met, u"[SERIES][1].metric.job (api) == api"_s},
        {"no query: no series", u"len([SERIES]) == 0"_s, nothing(), Blank, u"len([SERIES]) (no value) == 0"_s},
        {"a code", u"[CODE] == NOAUTH"_s, secured(), Met, u"[CODE] (NOAUTH) == NOAUTH"_s},
        {"a phase", u"[PHASE].wait < 2s"_s, secured(), Unmet, u"[PHASE].wait (10150) < 2s"_s},
        {"a phase that did not happen", u"[PHASE].tls < 2s"_s, secured(), Blank, u"[PHASE].tls (no value) < 2s"_s},
        {"has() of a phase that did not happen", u"has([PHASE].tls) == false"_s, secured(), Met, u"has([PHASE].tls) (false) == false"_s},
        {"a header without case", u"[HEADER].content-type == application/json"_s, headers(), Met, u"[HEADER].content-type (application/json) == application/json"_s},
        {"the first of two headers", u"[HEADER].Age == 12"_s, headers(), Met, u"[HEADER].Age (12) == 12"_s},
        {"a header that did not come", u"[HEADER].Retry-After != 5"_s, headers(), Blank, u"[HEADER].Retry-After (no value) != 5"_s},
        {"has() of a header that did not come", u"has([HEADER].Retry-After) == false"_s, headers(), Met, u"has([HEADER].Retry-After) (false) == false"_s},
        {"a message", u"[MESSAGE].type == agent_started"_s, message(R"({"type":"agent_started"})"), Met, u"[MESSAGE].type (agent_started) == agent_started"_s},
        {"a whole message", u"[MESSAGE] == pong"_s, message("pong"), Met, u"[MESSAGE] (pong) == pong"_s},
        {"a message that did not come", u"[MESSAGE].type != error"_s, nothing(), Blank, u"[MESSAGE].type (no value) != error"_s},
        {"an expression matches anywhere", u"[BODY].v == matches(/v[0-9]+\\.[0-9]+/)"_s, body(R"({"v":"api v2.14"})"), Met, u"[BODY].v (api v2.14) == matches(/v[0-9]+\\.[0-9]+/)"_s},
        {"an anchored expression", u"[BODY].v == matches(/^v2$/)"_s, body(R"({"v":"v2.1"})"), Unmet, u"[BODY].v (v2.1) == matches(/^v2$/)"_s},
        {"an expression in either case", u"[BODY].v == matches(/^ready$/i)"_s, body(R"({"v":"READY"})"), Met, u"[BODY].v (READY) == matches(/^ready$/i)"_s},
        {"an expression with a slash", u"[BODY].p == matches(/^/a/b$/)"_s, body(R"({"p":"/a/b"})"), Met, u"[BODY].p (/a/b) == matches(/^/a/b$/)"_s},
        {"an expression with a back reference", u"[BODY].p == matches(/(a)\\1/)"_s, body(R"({"p":"aa"})"), Met, u"[BODY].p (aa) == matches(/(a)\\1/)"_s},
        {"an expression that must not match", u"[BODY].v != matches(/error/)"_s, body(R"({"v":"fine"})"), Met, u"[BODY].v (fine) != matches(/error/)"_s},
        {"a pattern with a question mark", u"[BODY].v == pat(v?.1)"_s, body(R"({"v":"v2.1"})"), Met, u"[BODY].v (v2.1) == pat(v?.1)"_s},
        {"a pattern with a class", u"[STATUS] == pat(20[0-4])"_s, status(204), Met, u"[STATUS] (204) == pat(20[0-4])"_s},
        {"a pattern with a negated class", u"[STATUS] == pat([^5]*)"_s, status(503), Unmet, u"[STATUS] (503) == pat([^5]*)"_s},
        {"a pattern with escaped brackets", u"[BODY] == pat(*{\"a\":\\[1\\]}*)"_s, body(R"({"a":[1]})"), Met, u"[BODY] ({\"a\":[1]}) == pat(*{\"a\":\\[1\\]}*)"_s},
        {"a bracket in a pattern is a class, as in Gatus", u"[BODY] == pat(*{\"a\":[1]}*)"_s, body(R"({"a":1})"), Met, u"[BODY] ({\"a\":1}) == pat(*{\"a\":[1]}*)"_s},
        {"a star crosses slashes", u"[BODY].u == pat(https://*.example)"_s, body(R"({"u":"https://a/b.example"})"), Met, u"[BODY].u (https://a/b.example) == pat(https://*.example)"_s},
        {"slashes count", u"[BODY].u == pat(a/b)"_s, body(R"({"u":"ab"})"), Unmet, u"[BODY].u (ab) == pat(a/b)"_s},
        {"an operator inside a pattern", u"[BODY].e == pat(*a == b*)"_s, body(R"({"e":"if a == b then"})"), Met, u"[BODY].e (if a == b then) == pat(*a == b*)"_s},
        {"an operator inside a pattern on the left", u"pat(*a == b*) != [BODY].e"_s, body(R"({"e":"if a == b then"})"), Unmet, u"pat(*a == b*) != [BODY].e (if a == b then)"_s},
        {"any compares numbers as numbers", u"[STATUS] == any(0xC8, 201)"_s, status(200), Met, u"[STATUS] (200) == any(0xC8, 201)"_s},
        {"a Go array as a literal", u"[BODY].tags == [a b]"_s, body(R"({"tags":["a","b"]})"), Met, u"[BODY].tags ([a b]) == [a b]"_s},
        {"an empty array", u"[BODY].tags == []"_s, body(R"({"tags":[]})"), Met, u"[BODY].tags ([]) == []"_s},
        {"an array of everything", u"[BODY].x == [1 true <nil> map[a:1]]"_s, body(R"({"x":[1,true,null,{"a":1}]})"), Met, u"[BODY].x ([1 true <nil> map[a:1]]) == [1 true <nil> map[a:1]]"_s},
        {"a name with spaces", u"[BODY].my key == 1"_s, body(R"({"my key":1})"), Met, u"[BODY].my key (1) == 1"_s},
        {"wide spaces round the operator", u"  [STATUS]   ==   200 "_s, status(200), Met, u"[STATUS] (200) == 200"_s},
        {"the other operators stay text on the right", u"[BODY].s == a < b"_s, body(R"({"s":"a < b"})"), Met, u"[BODY].s (a < b) == a < b"_s},
        {"letters beyond ASCII count bytes, as in Gatus", u"len([BODY].s) == 2"_s, body("{\"s\":\"\xC3\xA9\"}"), Met, u"len([BODY].s) (2) == 2"_s},
        {"a lone JSON string body", u"[BODY] == \"ok\""_s, body("\"ok\""), Met, u"[BODY] (\"ok\") == \"ok\""_s},
        {"a long value is cut", u"[BODY] == x"_s, body(QByteArray(300, 'a')), Unmet, u"[BODY] ("_s + QString(200, u'a') + u"...(truncated)) == x"_s},
    };
}

} // namespace

class TestCondition : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void evaluates_data();
    void evaluates();
    void valueIsWhatTheMeasuredSideWas();
    void jsonIsParsedOncePerEvidence();
    void changedBodyIsParsedAgain();
    void deepJsonIsNoValue();
    void longTextIsNotEvaluableForExpressions();
    void catastrophicExpressionsEnd_data();
    void catastrophicExpressionsEnd();
    void globs_data();
    void globs();
    void windows_data();
    void windows();
};

void TestCondition::evaluates_data()
{
    QTest::addColumn<int>("group");
    QTest::addColumn<int>("index");
    const QList<QList<Row>> tables = {gatusRows(), evidenceRows(), ourRows()};
    const char *titles[] = {"as Gatus", "evidence", "ours"};
    for (int group = 0; group < 3; ++group) {
        for (int index = 0; index < tables[group].size(); ++index)
            QTest::addRow("%s: %s", titles[group], tables[group][index].name) << group << index;
    }
}

void TestCondition::evaluates()
{
    static const QList<QList<Row>> tables = {gatusRows(), evidenceRows(), ourRows()};
    QFETCH(int, group);
    QFETCH(int, index);
    const Row &row = tables[group][index];
    const auto parsed = Condition::parse(row.condition);
    if (const auto *error = std::get_if<ConditionError>(&parsed))
        QFAIL(qPrintable(u"column %1: %2"_s.arg(error->column).arg(error->message)));
    const ConditionResult result = std::get<Condition>(parsed).evaluate(row.evidence);
    QCOMPARE(result.shown, row.shown);
    QCOMPARE(name(result.result), name(row.truth));
    QCOMPARE(result.text, row.condition);
}

namespace {

ConditionResult evaluate(const QString &text, const Evidence &evidence)
{
    const auto parsed = Condition::parse(text);
    const auto *condition = std::get_if<Condition>(&parsed);
    return condition ? condition->evaluate(evidence) : ConditionResult{.text = text, .value = u"does not parse"_s, .shown = {}};
}

} // namespace

void TestCondition::valueIsWhatTheMeasuredSideWas()
{
    QCOMPARE(evaluate(u"[STATUS] == 200"_s, status(503)).value, u"503"_s);
    QCOMPARE(evaluate(u"any(200, 204) == [STATUS]"_s, status(503)).value, u"503"_s);
    QCOMPARE(evaluate(u"200 == [STATUS]"_s, status(503)).value, u"503"_s);
    QCOMPARE(evaluate(u"[CERTIFICATE_EXPIRATION] > 48h"_s, certificate(24h)).value, u"24h"_s);
    QCOMPARE(evaluate(u"[STATUS] == 200"_s, nothing()).value, QString());
    QCOMPARE(evaluate(u"raw == other"_s, nothing()).value, u"raw"_s);
}

void TestCondition::jsonIsParsedOncePerEvidence()
{
    JsonMemo memo;
    const QByteArray bytes = R"({"a": [1, 2]})";
    const auto first = memo.root(bytes);
    const JsonMemo copy = memo;
    QVERIFY(first);
    QCOMPARE(copy.root(bytes), first);
    QVERIFY(!memo.root("no JSON"));
    QVERIFY(!memo.root(""));
    QCOMPARE(memo.root("5"), QJsonValue(5));
    QCOMPARE(memo.root(" null "), QJsonValue(QJsonValue::Null));
    QVERIFY(!memo.root("1,2"));
}

void TestCondition::changedBodyIsParsedAgain()
{
    Evidence evidence = body(R"({"a": 1})");
    QCOMPARE(evaluate(u"[BODY].a == 1"_s, evidence).result, Met);
    (*evidence.body)[6] = '2';
    QCOMPARE(evaluate(u"[BODY].a == 2"_s, evidence).result, Met);
    evidence.body = R"({"a": 3})";
    QCOMPARE(evaluate(u"[BODY].a == 3"_s, evidence).result, Met);
}

void TestCondition::deepJsonIsNoValue()
{
    const Evidence deep = body(QByteArray(2'000'000, '[') + QByteArray(2'000'000, ']'));
    QCOMPARE(evaluate(u"[BODY][0] == x"_s, deep).result, Blank);
    QCOMPARE(evaluate(u"has([BODY][0]) == false"_s, deep).result, Blank);
    QString path = u"[BODY]"_s;
    for (int i = 0; i < 500; ++i)
        path += u"[0]"_s;
    const Evidence allowed = body(QByteArray(501, '[') + "7" + QByteArray(501, ']'));
    QCOMPARE(evaluate(path + u"[0] == 7"_s, allowed).result, Met);
}

void TestCondition::longTextIsNotEvaluableForExpressions()
{
    const Evidence evidence = body(QByteArray(64 * 1024 + 1, 'a'));
    QCOMPARE(evaluate(u"[BODY] == matches(/a/)"_s, evidence).result, Blank);
    QCOMPARE(evaluate(u"[BODY] != matches(/b/)"_s, evidence).result, Blank);
    QCOMPARE(evaluate(u"[BODY] == pat(*a)"_s, evidence).result, Met);
}

void TestCondition::catastrophicExpressionsEnd_data()
{
    QTest::addColumn<QString>("expression");
    QTest::newRow("nested repeats") << u"(a+)+$"_s;
    QTest::newRow("overlapping alternatives") << u"(a|aa)+$"_s;
    QTest::newRow("two nested repeats") << u"(a+a+)+y"_s;
    QTest::newRow("a limit of the pattern's own cannot be raised") << u"(*LIMIT_MATCH=4000000000)(a|aa)+$"_s;
}

void TestCondition::catastrophicExpressionsEnd()
{
    QFETCH(QString, expression);
    const Evidence evidence = body(QByteArray(30'000, 'a') + "!");
    const Truth unequal = evaluate(u"[BODY] != matches(/"_s + expression + u"/)"_s, evidence).result;
    const Truth equal = evaluate(u"[BODY] == matches(/"_s + expression + u"/)"_s, evidence).result;
    QVERIFY(equal != Met);
    QCOMPARE(unequal == Met, equal == Unmet); // told, or not evaluable both ways
}

void TestCondition::globs_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<bool>("matches");
    const auto row = [](const char *pattern, bool matches) { QTest::newRow(pattern) << QString::fromLatin1(pattern) << matches; };
    row("*", true);
    row("**", true);
    row("living*", true);
    row("*living*", true);
    row("*123", true);
    row("*_*", true);
    row("living*_*3", true);
    row("living*room_*3", true);
    row("*vin*om*2*", true);
    row("livingroom_123", true);
    row("*livingroom_123*", true);
    row("livingroom", false);
    row("livingroom123", false);
    row("what", false);
    row("*what*", false);
    row("*.*", false);
    row("room*123", false);
    row("livingroom_12*23", false); // the two ends may not share a character
    row("livin[a-h]room_[0-9][0-9]?", true);
    row("livin[^g]room_123", false);
    row("living\\room_123", true);
    row("livingroom_123?", false);
    row("", false);
}

void TestCondition::globs()
{
    QFETCH(QString, pattern);
    QFETCH(bool, matches);
    const Truth result = evaluate(u"[BODY] == pat("_s + pattern + u')', body("livingroom_123")).result;
    QCOMPARE(name(result), name(matches ? Met : Unmet));
}

void TestCondition::windows_data()
{
    QTest::addColumn<QString>("condition");
    QTest::addColumn<QList<int>>("milliseconds");
    QTest::addColumn<QString>("shown");
    QTest::addColumn<int>("truth");
    const QList<int> ten = {100, 900, 200, 300, 400, 1000, 500, 600, 700, 800};
    const auto row = [](const char *name, const QString &condition, const QList<int> &times, Truth truth, const QString &shown) {
        QTest::newRow(name) << condition << times << shown << static_cast<int>(truth);
    };
    row("an empty window is not evaluable", u"p95([RESPONSE_TIME]) < 2000"_s, {}, Blank, u"p95([RESPONSE_TIME]) (no value) < 2000"_s);
    row("max of an empty window", u"max([RESPONSE_TIME]) != 5"_s, {}, Blank, u"max([RESPONSE_TIME]) (no value) != 5"_s);
    row("one time is every percentile", u"p99([RESPONSE_TIME]) == 70"_s, {70}, Met, u"p99([RESPONSE_TIME]) (70) == 70"_s);
    row("p50 is the lower middle", u"p50([RESPONSE_TIME]) < 501"_s, ten, Met, u"p50([RESPONSE_TIME]) (500) < 501"_s);
    row("p95 of ten is the tenth", u"p95([RESPONSE_TIME]) < 1s"_s, ten, Unmet, u"p95([RESPONSE_TIME]) (1000) < 1s"_s);
    row("max", u"max([RESPONSE_TIME]) <= 1s"_s, ten, Met, u"max([RESPONSE_TIME]) (1000) <= 1s"_s);
    row("mean", u"mean([RESPONSE_TIME]) == 550"_s, ten, Met, u"mean([RESPONSE_TIME]) (550) == 550"_s);
    row("mean keeps a fraction", u"mean([RESPONSE_TIME]) > 1"_s, {1, 2}, Met, u"mean([RESPONSE_TIME]) (1.5) > 1"_s);
    row("on the right", u"2s > max([RESPONSE_TIME])"_s, ten, Met, u"2s > max([RESPONSE_TIME]) (1000)"_s);
    row("two of them", u"p95([RESPONSE_TIME]) <= max([RESPONSE_TIME])"_s, ten, Met, u"p95([RESPONSE_TIME]) (1000) <= max([RESPONSE_TIME]) (1000)"_s);
    row("compared with a text", u"max([RESPONSE_TIME]) < fast"_s, ten, Blank, u"max([RESPONSE_TIME]) (1000) < fast"_s);
}

void TestCondition::windows()
{
    QFETCH(QString, condition);
    QFETCH(QList<int>, milliseconds);
    QFETCH(QString, shown);
    QFETCH(int, truth);
    const auto parsed = Condition::parse(condition);
    QVERIFY(std::holds_alternative<Condition>(parsed));
    const auto &windowed = std::get<Condition>(parsed);
    QVERIFY(windowed.isWindowed());
    std::vector<Duration> times;
    for (const int ms : milliseconds)
        times.push_back(std::chrono::milliseconds(ms));
    const ConditionResult result = windowed.evaluateWindow(times);
    QCOMPARE(result.shown, shown);
    QCOMPARE(name(result.result), name(static_cast<Truth>(truth)));
}

QTEST_GUILESS_MAIN(TestCondition)
#include "tst_condition.moc"
