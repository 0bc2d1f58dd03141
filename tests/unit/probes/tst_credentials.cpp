// client.auth and client.oauth2 against token servers on loopback sockets: where tokens come from, how long they are
// kept, what is said when there is none, and that nobody ever sees one.
#include "proberunner.h"
#include "support/faultserver.h"
#include "support/pki.h"
#include "support/tinyhttp.h"

#include "probes/credentials.h"
#include "probes/jwt.h"

#include <QFile>
#include <QJsonDocument>
#include <QJsonObject>
#include <QUrlQuery>

#include <openssl/evp.h>

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

namespace {

const QByteArray tokenAnswer = R"({"access_token": "ya29.first-token", "expires_in": 3600, "token_type": "Bearer"})";

ClientOptions oauth2(const QString &tokenUrl)
{
    ClientOptions client;
    client.timeout = 5s;
    client.oauth2 = {.tokenUrl = tokenUrl, .clientId = u"probe:1"_s, .clientSecret = u"s3cret+/="_s, .scopes = {u"read"_s, u"list"_s}};
    return client;
}

Endpoint guarded(const QString &url, const ClientOptions &client, const QStringList &conditions = QStringList(u"[STATUS] == 200"_s))
{
    Endpoint endpoint = endpointFor(url, conditions);
    endpoint.client = client;
    return endpoint;
}

ClientOptions gcp()
{
    ClientOptions client;
    client.timeout = 5s;
    client.auth = u"gcp"_s;
    return client;
}

bool isSignedBy(const QByteArray &token, EVP_PKEY *key)
{
    const QByteArray content = token.first(token.lastIndexOf('.'));
    const QByteArray signature = QByteArray::fromBase64(token.sliced(content.size() + 1), QByteArray::Base64UrlEncoding);
    const std::unique_ptr<EVP_MD_CTX, OpenSslDeleter<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    return EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1
        && EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char *>(signature.constData()), std::size_t(signature.size()),
                            reinterpret_cast<const unsigned char *>(content.constData()), std::size_t(content.size())) == 1;
}

} // namespace

class TestCredentials : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        failOnWarnings();
        m_path = qgetenv("PATH");
        m_folder = std::make_unique<QTemporaryDir>();
        qputenv("PATH", QFile::encodeName(m_folder->path())); // no gcloud but ours
        qputenv("GCE_METADATA_HOST", "127.0.0.1:1");
        qunsetenv("GOOGLE_APPLICATION_CREDENTIALS");
    }
    void cleanup()
    {
        qputenv("PATH", m_path);
        qunsetenv("GCE_METADATA_HOST");
        qunsetenv("GOOGLE_APPLICATION_CREDENTIALS");
    }

    void clientCredentials()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 200, .body = "{}"});
        ProbeRunner runner;
        for (int i = 0; i < 2; ++i) {
            const ObservationPtr seen = runner.run(guarded(api.url(), oauth2(tokens.url(u"/token"_s))));
            QVERIFY(seen);
            QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
            QVERIFY2(seen->notes[0].startsWith(u"access token of 127.0.0.1, had after"_s), qPrintable(seen->notes[0]));
            QVERIFY(api.received().last().contains("\r\nAuthorization: Bearer ya29.first-token\r\n"));
        }
        QCOMPARE(tokens.requests(), 1); // kept
        const QByteArray request = tokens.received()[0];
        QVERIFY(request.startsWith("POST /token HTTP/1.1\r\n"));
        QVERIFY(request.contains("\r\nAuthorization: Basic " + QByteArray("probe%3A1:s3cret%2B%2F%3D").toBase64() + "\r\n"));
        QVERIFY(request.endsWith("\r\n\r\ngrant_type=client_credentials&scope=read%20list"));
    }

    void manyProbesShareOneFetch()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer}, TinyHttp::Manner::HoldsUntilReleased);
        TinyHttp api({.status = 200, .body = "{}"});
        ProbeRunner runner;
        std::vector<std::unique_ptr<Probe>> probes;
        QList<ObservationPtr> results;
        for (int i = 0; i < 20; ++i) {
            probes.push_back(makeProbe({.endpoint = guarded(api.url(), oauth2(tokens.url())), .conditions = std::make_shared<const ConditionSet>(), .secrets = {}, .queued = {}, .attempt = 1}, runner.services));
            connect(probes.back().get(), &Probe::finished, this, [&](const ObservationPtr &seen) { results.append(seen); });
            probes.back()->start();
        }
        QTRY_COMPARE(tokens.waiting(), 1);
        probes.back().reset(); // one of them is gone while it waits
        const TimePoint released = runner.services.clock().now();
        tokens.release();
        QTRY_COMPARE(results.size(), 19);
        QCOMPARE(tokens.requests(), 1);
        QCOMPARE(api.requests(), 19);
        for (const ObservationPtr &seen : results)
            QVERIFY(seen->startedAt >= released); // the wait for the token is no part of the latency
    }

    void keptUntilAMinuteBeforeTheEnd()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        const auto clock = std::make_shared<ManualClock>(*fromIso(u"2025-09-16T04:00:00Z"));
        ProbeServices services(clock);
        int received = 0;
        const auto obtain = [&] {
            services.credentials().obtain(oauth2(tokens.url()), 5s, this, [&](const TokenOutcome &) { ++received; });
        };
        obtain();
        QTRY_COMPARE(received, 1);
        clock->advance(58min);
        obtain();
        QTRY_COMPARE(received, 2);
        QCOMPARE(tokens.requests(), 1);
        clock->advance(2min);
        obtain();
        QTRY_COMPARE(received, 3);
        QCOMPARE(tokens.requests(), 2);
        services.credentials().forget(oauth2(tokens.url()));
        obtain();
        QTRY_COMPARE(tokens.requests(), 3);
        QTRY_COMPARE(received, 4);
    }

    void refusedTokenIsNotUsedAgain()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 401, .body = "{}"});
        ProbeRunner runner;
        QVERIFY(runner.run(guarded(api.url(), oauth2(tokens.url()))));
        QVERIFY(runner.run(guarded(api.url(), oauth2(tokens.url()))));
        QCOMPARE(tokens.requests(), 2);
    }

    void accountsAreKeptApart()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 200, .body = "{}"});
        ProbeRunner runner;
        ClientOptions other = oauth2(tokens.url());
        other.oauth2.clientId = u"other"_s;
        QVERIFY(runner.run(guarded(api.url(), oauth2(tokens.url()))) && runner.run(guarded(api.url(), other)));
        QCOMPARE(tokens.requests(), 2);
    }

    void tokensAreNeverShown()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 500, .body = R"({"you sent": "ya29.first-token"})", .headers = "X-Echo: ya29.first-token\r\n"});
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), oauth2(tokens.url()), {u"[STATUS] == 200"_s, u"[BODY] == x"_s}));
        QVERIFY(seen && seen->failure);
        QString all = seen->excerpt + seen->failure->message + seen->notes.join(u' ');
        for (const ConditionResult &condition : seen->conditions)
            all += condition.value + condition.shown;
        for (const auto &[header, value] : seen->headers)
            all += value;
        QVERIFY2(!all.contains(u"ya29"_s), qPrintable(all));
    }

    void noToken_data()
    {
        using enum FailureKind;
        QTest::addColumn<Script>("script");
        QTest::addColumn<FailureKind>("kind");
        QTest::addColumn<QString>("says");
        const auto row = [](const char *name, const Script &script, FailureKind kind, const char *says) { QTest::newRow(name) << script << kind << QString::fromLatin1(says); };
        const auto answer = [](const char *status, const QByteArray &body) {
            return Script{.bytes = "HTTP/1.1 " + QByteArray(status) + "\r\nContent-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body};
        };
        row("refused by the token server", answer("401 No", R"({"error": "invalid_client", "error_description": "unknown client"})"), Rejected, "HTTP 401 (invalid_client: unknown client)");
        row("an answer without a token", answer("200 OK", "{}"), Rejected, "gave none, but HTTP 200");
        row("an answer that is no JSON", answer("200 OK", "<html>"), Rejected, "gave none");
        row("a token that would break out of its header", answer("200 OK", R"({"access_token": "a\r\nX-Evil: 1"})"), Rejected, "gave none");
        row("a redirect", answer("302 Found", ""), Rejected, "HTTP 302");
        row("not HTTP", {.bytes = "SSH-2.0-x\r\n"}, Protocol, "no access token: ");
        row("closed at once", {.then = Then::Close}, Closed, "no access token: ");
        row("silence", {}, Timeout, "no access token: it did not come within");
        row("a byte now and then", {.bytes = "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", .then = Then::Drip}, Timeout, "it did not come within");
        row("a body without end", {.bytes = "HTTP/1.1 200 OK\r\n\r\n", .then = Then::Flood, .tail = QByteArray(65536, 'x')}, Oversize, "no access token: ");
    }
    void noToken()
    {
        QFETCH(Script, script);
        QFETCH(FailureKind, kind);
        QFETCH(QString, says);
        FaultServer tokens(script);
        TinyHttp api;
        ClientOptions client = oauth2(tokens.url(u"http"_s));
        client.timeout = kind == FailureKind::Timeout ? Duration(500ms) : Duration(15s);
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), client, {u"[STATUS] == 200"_s}));
        QVERIFY(seen && seen->failure);
        QCOMPARE(name(seen->failure->kind), name(kind));
        QVERIFY2(seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QCOMPARE(seen->conditions[0].result, Truth::NotEvaluable);
        QCOMPARE(api.requests(), 0);
    }

    void clearTextIsRefused()
    {
        TinyHttp api;
        const ObservationPtr target = ProbeRunner().run(guarded(u"http://api.invalid/"_s, oauth2(u"https://t.invalid/"_s)));
        QVERIFY(target && target->failure);
        QCOMPARE(target->failure->message, u"the access token would go over the network in clear text"_s);
        const ObservationPtr tokenUrl = ProbeRunner().run(guarded(api.url(), oauth2(u"http://t.invalid/"_s)));
        QVERIFY(tokenUrl && tokenUrl->failure);
        QVERIFY2(tokenUrl->failure->message.contains(u"token-url is not https"_s), qPrintable(tokenUrl->failure->message));
    }

    void mayTravel_data()
    {
        QTest::addColumn<QString>("url");
        QTest::addColumn<bool>("may");
        QTest::newRow("https") << u"https://a.test/"_s << true;
        QTest::newRow("http") << u"http://a.test/"_s << false;
        QTest::newRow("localhost") << u"http://localhost:8080/"_s << true;
        QTest::newRow("IPv6 loopback") << u"http://[::1]/"_s << true;
        QTest::newRow("a name that looks local") << u"http://127.0.0.1.evil.test/"_s << false;
        QTest::newRow("user info that looks local") << u"http://localhost@evil.test/"_s << false;
        QTest::newRow("no URL") << u""_s << false;
    }
    void mayTravel()
    {
        QFETCH(QString, url);
        QTEST(Secrets::mayTravelTo(QUrl(url)), "may");
    }

    void serviceAccountKey()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 200, .body = "{}"});
        const Identity identity = makeIdentity({.commonName = u"sa"_s, .key = KeyKind::Rsa2048});
        const QJsonObject key{{u"type"_s, u"service_account"_s}, {u"client_email"_s, u"probe@p.iam.test"_s}, {u"private_key_id"_s, u"kid1"_s},
                              {u"private_key"_s, QString::fromLatin1(identity.keyPem())}, {u"token_uri"_s, tokens.url(u"/token"_s)}};
        qputenv("GOOGLE_APPLICATION_CREDENTIALS", writeFile(*m_folder, u"key.json"_s, QJsonDocument(key).toJson()).toUtf8());
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(seen->notes[0].contains(u"the service account probe@p.iam.test"_s));
        const QByteArray request = tokens.received()[0];
        const QUrlQuery form(QString::fromLatin1(request.sliced(request.indexOf("\r\n\r\n") + 4)));
        QCOMPARE(form.queryItemValue(u"grant_type"_s, QUrl::FullyDecoded), u"urn:ietf:params:oauth:grant-type:jwt-bearer"_s);
        const QByteArray assertion = form.queryItemValue(u"assertion"_s, QUrl::FullyDecoded).toLatin1();
        QVERIFY(isSignedBy(assertion, identity.key.get()));
        const auto part = [&](int index) { return QJsonDocument::fromJson(QByteArray::fromBase64(assertion.split('.')[index], QByteArray::Base64UrlEncoding)).object(); };
        QCOMPARE(part(0).value("alg"_L1).toString(), u"RS256"_s);
        QCOMPARE(part(0).value("kid"_L1).toString(), u"kid1"_s);
        QCOMPARE(part(1).value("iss"_L1).toString(), u"probe@p.iam.test"_s);
        QCOMPARE(part(1).value("aud"_L1).toString(), tokens.url(u"/token"_s));
        QCOMPARE(part(1).value("scope"_L1).toString(), u"https://www.googleapis.com/auth/cloud-platform"_s);
        QCOMPARE(part(1).value("exp"_L1).toInteger() - part(1).value("iat"_L1).toInteger(), 3600);
    }

    void userKey()
    {
        TinyHttp tokens({.status = 200, .body = tokenAnswer});
        TinyHttp api({.status = 200, .body = "{}"});
        const QJsonObject key{{u"type"_s, u"authorized_user"_s}, {u"client_id"_s, u"id"_s}, {u"client_secret"_s, u"shh"_s}, {u"refresh_token"_s, u"1//r"_s}, {u"token_uri"_s, tokens.url()}};
        qputenv("GOOGLE_APPLICATION_CREDENTIALS", writeFile(*m_folder, u"key.json"_s, QJsonDocument(key).toJson()).toUtf8());
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen && seen->outcome == Outcome::Pass);
        QVERIFY(tokens.received()[0].endsWith("grant_type=refresh_token&client_id=id&client_secret=shh&refresh_token=1%2F%2Fr"));
    }

    void brokenKeys_data()
    {
        QTest::addColumn<QByteArray>("file"); ///< null: none is there
        QTest::addColumn<QString>("says");
        QTest::newRow("no file") << QByteArray() << u"which cannot be read"_s;
        QTest::newRow("no JSON") << QByteArray("x") << u"which is no JSON key file"_s;
        QTest::newRow("another type") << QByteArray("{\"type\": \"external_account\", \"token_uri\": \"https://t.invalid\"}") << u"of type `external_account`"_s;
        QTest::newRow("no private key") << QByteArray("{\"type\": \"service_account\", \"token_uri\": \"https://t.invalid\", \"private_key\": \"x\"}") << u"no RSA key"_s;
        QTest::newRow("a clear-text token_uri") << QByteArray("{\"type\": \"service_account\", \"token_uri\": \"http://t.invalid\"}") << u"is not https"_s;
        const Identity ec = makeIdentity({.commonName = u"ec"_s});
        QTest::newRow("a key of another kind") << QJsonDocument(QJsonObject{{u"type"_s, u"service_account"_s}, {u"private_key"_s, QString::fromLatin1(ec.keyPem())}}).toJson() << u"no RSA key"_s;
    }
    void brokenKeys()
    {
        QFETCH(QByteArray, file);
        QFETCH(QString, says);
        const QString path = m_folder->filePath(u"key.json"_s);
        if (!file.isNull())
            writeFile(*m_folder, u"key.json"_s, file);
        qputenv("GOOGLE_APPLICATION_CREDENTIALS", path.toUtf8());
        TinyHttp api;
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen && seen->failure);
        QVERIFY2(seen->failure->message.startsWith(u"no access token: "_s) && seen->failure->message.contains(says), qPrintable(seen->failure->message));
        QVERIFY(!seen->failure->message.contains(u"PRIVATE"_s));
        QCOMPARE(api.requests(), 0);
    }

    void gcloudIsAsked()
    {
        fakeGcloud("test \"$*\" = 'auth print-access-token --quiet' && echo ya29.of-gcloud");
        TinyHttp api({.status = 200, .body = "{}"});
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(api.received()[0].contains("\r\nAuthorization: Bearer ya29.of-gcloud\r\n"));
    }

    void metadataServerIsLast_data()
    {
        QTest::addColumn<QByteArray>("gcloud");
        QTest::newRow("gcloud is not installed") << QByteArray();
        QTest::newRow("gcloud is not logged in") << QByteArray("echo 'You do not have an active account' >&2; exit 1");
        QTest::newRow("gcloud prints rubbish") << QByteArray("echo two words");
        QTest::newRow("gcloud dies") << QByteArray("kill -9 $$");
    }
    void metadataServerIsLast()
    {
        QFETCH(QByteArray, gcloud);
        if (!gcloud.isEmpty())
            fakeGcloud(gcloud);
        TinyHttp metadata({.status = 200, .body = tokenAnswer});
        qputenv("GCE_METADATA_HOST", "127.0.0.1:" + QByteArray::number(metadata.serverPort()));
        TinyHttp api({.status = 200, .body = "{}"});
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, seen->failure ? qPrintable(seen->failure->message) : "");
        QVERIFY(metadata.received()[0].startsWith("GET /computeMetadata/v1/instance/service-accounts/default/token HTTP/1.1\r\n"));
        QVERIFY(metadata.received()[0].contains("\r\nMetadata-Flavor: Google\r\n"));
    }

    void everyWayIsNamedWhenNoneWorks()
    {
        fakeGcloud("echo 'You do not have an active account' >&2; exit 1");
        TinyHttp api;
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), gcp()));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Refused);
        QVERIFY2(seen->failure->message.contains(u"gcloud said \"You do not have an active account\"; the metadata server: 127.0.0.1:1 refused"_s), qPrintable(seen->failure->message));
    }

    void hangingGcloudIsWaitedForNoLonger()
    {
        fakeGcloud("exec /bin/sleep 60");
        TinyHttp api;
        ClientOptions client = gcp();
        client.timeout = 400ms;
        const ObservationPtr seen = ProbeRunner().run(guarded(api.url(), client));
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Timeout);
        QVERIFY(seen->failure->message.contains(u"no access token: it did not come within"_s));
    }

    void googlesRefusals_data()
    {
        QTest::addColumn<int>("status");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("says"); ///< after "[STATUS] (…) == 200"
        const auto row = [](const char *name, int status, const char *body, const char *says) { QTest::newRow(name) << status << QByteArray(body) << QString::fromUtf8(says); };
        row("the token has expired", 401, R"({"error":{"code":401,"status":"UNAUTHENTICATED","message":"Bad.","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACCESS_TOKEN_EXPIRED"}]}})",
            ": Google does not accept the access token: it has expired; this says nothing about the component (Bad.)");
        row("the role is missing", 403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"Permission 'x' denied."}})",
            ": the account may not ask for this; it says nothing about the component (Permission 'x' denied.)");
        row("the API is disabled", 403, R"({"error":{"code":403,"status":"PERMISSION_DENIED","message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"SERVICE_DISABLED","domain":"googleapis.com","metadata":{"service":"vpcaccess.googleapis.com","consumer":"projects/netra-staging"}}]}})",
            ": the API vpcaccess.googleapis.com is disabled in project netra-staging; this says nothing about the component");
        row("the quota is used up", 429, R"({"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"Quota."}})",
            ": the API's quota is used up, retry after 7s; this says nothing about the component (Quota.)");
        row("not found says something about the component", 404, R"({"error":{"code":404,"status":"NOT_FOUND","message":"no such connector"}})", "");
        row("another's 403", 403, R"({"detail": "no"})", "");
        row("a 403 that is no JSON", 403, "<html>", "");
        row("an error that is no object", 403, R"({"error": "access_denied"})", "");
    }
    void googlesRefusals()
    {
        QFETCH(int, status);
        QFETCH(QByteArray, body);
        QFETCH(QString, says);
        TinyHttp api({.status = status, .body = body, .headers = "Retry-After: 7\r\n"});
        Endpoint endpoint = endpointFor(api.url(), {u"[STATUS] == 200"_s});
        const ObservationPtr seen = ProbeRunner().run(endpoint);
        QVERIFY(seen && seen->failure);
        QCOMPARE(seen->failure->kind, FailureKind::Condition);
        QCOMPARE(seen->failure->message, u"[STATUS] (%1) == 200%2"_s.arg(status).arg(says));
        endpoint.conditions = {{.text = u"[STATUS] == %1"_s.arg(status), .mark = {}}, {.text = u"[BODY].x == 1"_s, .mark = {}}};
        const ObservationPtr other = ProbeRunner().run(endpoint);
        QVERIFY(other && other->failure && !other->failure->message.contains(u"says nothing"_s));
    }

private:
    void fakeGcloud(const QByteArray &script)
    {
        QFile file(writeFile(*m_folder, u"gcloud"_s, "#!/bin/sh\n" + script + '\n'));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
    }

    QByteArray m_path;
    std::unique_ptr<QTemporaryDir> m_folder;
};

QTEST_GUILESS_MAIN(TestCredentials)
#include "tst_credentials.moc"
