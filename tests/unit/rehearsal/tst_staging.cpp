#include "rehearsal/cloudanswers.h"
#include "rehearsal/staging.h"
#include "rehearsal/story.h"
#include "support/testmain.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QSslConfiguration>
#include <QTcpSocket>
#include <QThread>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestStaging : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup() { m_staging.reset(); }

    void statusOfEveryServiceInEveryChapter_data();
    void statusOfEveryServiceInEveryChapter();
    void fieldsOfTheAnswers_data();
    void fieldsOfTheAnswers();
    void platform503IsTextAfterTenSeconds();
    void crashLoopLetsOneRequestInThreeThrough();
    void logsInWithTheGivenCredentialsOnly_data();
    void logsInWithTheGivenCredentialsOnly();
    void upgradesOrRejectsInEveryChapter_data();
    void upgradesOrRejectsInEveryChapter();
    void chatGreetsAndSendsTheFiveEventsInOrder();
    void chatAnswersOtherMessages_data();
    void chatAnswersOtherMessages();
    void chatEchoesTheTokenBearingSubprotocol();
    void chatClosesWhenNoSubprotocolIsKnown();
    void openChatsCloseWhenEverythingFails();
    void servesTheChainOfTheChapter_data();
    void servesTheChainOfTheChapter();
    void databasesAnswerInTheirOwnProtocols();
    void variablesNameEverything();
    void storyGoesThroughEveryChapter();
    void enteringAChapterStopsTheStory();
    void storyIsShortEnoughForTheHolds();
    void worksOnAThreadOfItsOwn();
    void destroyedWhileConnectionsAreOpen();
    void incidentIsInTheBinary() { QVERIFY(rehearsalIncident().contains("vpc-connector")); }

private:
    struct Answer {
        int status = 0;
        QByteArray body;
        QString contentType;
        QByteArray retryAfter;
    };
    Answer ask(const QString &origin, const QString &path, const QByteArray &posted = {});
    QJsonValue field(const QByteArray &body, const QString &path);
    QString variable(const char *name) const { return m_staging->variables().value(QLatin1StringView(name)); }
    QByteArray credentials() const;

    std::shared_ptr<const Clock> m_clock = std::make_shared<ScaledClock>(1000, SystemClock().now());
    std::unique_ptr<Staging> m_staging;
};

namespace {

using Statuses = std::array<int, 9>;

QUrl url(const QString &text) { return QUrl(text); }

} // namespace

void TestStaging::init()
{
    test::failOnWarnings();
    m_staging = std::make_unique<Staging>(m_clock);
    const auto listening = m_staging->listen();
    QVERIFY2(listening, listening ? "" : qPrintable(listening.error().message));
}

QByteArray TestStaging::credentials() const
{
    const QJsonObject given{{u"email"_s, variable("GOLDEN_USER")}, {u"password"_s, variable("GOLDEN_PASSWORD")}};
    return QJsonDocument(given).toJson();
}

TestStaging::Answer TestStaging::ask(const QString &origin, const QString &path, const QByteArray &posted)
{
    QNetworkAccessManager network;
    QNetworkRequest request(url(origin + path));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    std::unique_ptr<QNetworkReply> reply(posted.isEmpty() ? network.get(request) : network.post(request, posted));
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    if (!reply->isFinished() && !finished.wait())
        return {};
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(),
            reply->header(QNetworkRequest::ContentTypeHeader).toString(), reply->rawHeader("retry-after")};
}

QJsonValue TestStaging::field(const QByteArray &body, const QString &path)
{
    QJsonValue value = QJsonDocument::fromJson(body).object();
    const QStringList names = path.split(u'.');
    for (const QString &part : names) {
        bool isIndex = false;
        const int index = part.toInt(&isIndex);
        value = isIndex ? value.toArray().at(index) : value.toObject().value(part);
    }
    return value;
}

void TestStaging::statusOfEveryServiceInEveryChapter_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<QString>("path");
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<int>("status");
    //                       healthy, connector, databases, crash loop, all 503, connector ok, databases ok, fixed, recovered
    constexpr Statuses backend = {200, 200, 200, 503, 503, 503, 503, 200, 200};
    constexpr Statuses needsData = {200, 200, 503, 503, 503, 503, 503, 200, 200};
    constexpr Statuses frontend = {200, 200, 200, 200, 503, 503, 503, 200, 200};
    constexpr Statuses always = {200, 200, 200, 200, 200, 200, 200, 200, 200};
    constexpr Statuses missing = {404, 404, 404, 503, 503, 503, 503, 404, 404};
    const QString in = u"/projects/netra-staging/locations/us-central1"_s;
    const std::tuple<const char *, QString, Statuses> services[] = {
        {"API", u"/health"_s, backend},
        {"API", u"/health/"_s, backend},
        {"API", u"/api/health"_s, needsData},
        {"API", u"/api/agents/status"_s, backend},
        {"API", u"/api/mcp/servers"_s, backend},
        {"API", u"/ws/health"_s, backend},
        {"API", u"/api/jobs"_s, missing},
        {"AUTH", u"/health"_s, needsData},
        {"FRONTEND", u"/health"_s, frontend},
        {"FRONTEND", u"/"_s, frontend},
        {"FRONTEND", u"/api/health"_s, frontend},
        {"CLOUD", u"/v1"_s + in + u"/connectors/staging-connector"_s, always},
        {"CLOUD", u"/v2"_s + in + u"/services/netra-backend-staging"_s, always},
        {"CLOUD", u"/v1/projects/netra-staging/instances/staging-shared-postgres"_s, always},
        {"CLOUD", u"/v1"_s + in + u"/instances/staging-redis"_s, always},
        {"CLOUD", u"/v1"_s + in + u"/instances"_s, always},
        {"CLOUD", u"/v3/projects/netra-staging/timeSeries?filter=x"_s, always},
    };
    for (const auto &[origin, path, statuses] : services) {
        for (const Situation &situation : story()) {
            const QString row = QLatin1StringView(origin) + path + " while "_L1 + situation.name;
            QTest::newRow(qPrintable(row)) << QByteArray(origin) << path << situation.chapter
                                           << statuses[static_cast<std::size_t>(situation.chapter)];
        }
    }
}

void TestStaging::statusOfEveryServiceInEveryChapter()
{
    QFETCH(QByteArray, origin);
    QFETCH(QString, path);
    QFETCH(Chapter, chapter);
    m_staging->enter(chapter);
    QTEST(ask(variable(origin.constData()), path).status, "status");
}

void TestStaging::fieldsOfTheAnswers_data()
{
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<QString>("path");
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<QString>("name");
    QTest::addColumn<QJsonValue>("value");
    const auto row = [](const char *origin, const QString &path, Chapter chapter, const QString &member,
                        const QJsonValue &value) {
        const QString title = member + " of "_L1 + QLatin1StringView(origin) + path.right(24) + " while "_L1 + name(chapter);
        QTest::newRow(qPrintable(title)) << QByteArray(origin) << path << chapter << member << value;
    };
    using enum Chapter;
    const QString in = u"/projects/netra-staging/locations/us-central1"_s;
    const QString connector = u"/v1"_s + in + u"/connectors/staging-connector"_s;
    const QString run = u"/v2"_s + in + u"/services/netra-backend-staging"_s;
    const QString revisions = in.mid(1) + u"/services/netra-backend-staging/revisions/netra-backend-staging-"_s;
    const QString sql = u"/v1/projects/netra-staging/instances/staging-shared-postgres"_s;
    const QString redis = u"/v1"_s + in + u"/instances/staging-redis"_s;
    const QString series = u"/v3/projects/netra-staging/timeSeries"_s, used = u"timeSeries.0.points.0.value.int64Value"_s;

    row("API", u"/health"_s, Healthy, u"status"_s, u"healthy"_s);
    row("API", u"/health"_s, Healthy, u"service"_s, u"netra-ai-platform"_s);
    row("API", u"/health"_s, DatabasesUnreachable, u"status"_s, u"healthy"_s);
    row("API", u"/health"_s, CrashLoop, u"message"_s, u"startup_failed"_s);
    row("API", u"/health"_s, DatabasesBack, u"status"_s, u"unhealthy"_s);
    row("API", u"/api/health"_s, Healthy, u"checks.postgres.connected"_s, true);
    row("API", u"/api/health"_s, DatabasesUnreachable, u"detail.checks.redis.connected"_s, false);
    row("API", u"/api/health"_s, DatabasesUnreachable, u"detail.checks.postgres.status"_s, u"unhealthy"_s);
    row("API", u"/api/agents/status"_s, Healthy, u"status"_s, u"healthy"_s);
    row("API", u"/api/agents/status"_s, DatabasesUnreachable, u"status"_s, u"degraded"_s);
    row("API", u"/api/mcp/servers"_s, Recovered, u"total"_s, 2);
    row("API", u"/ws/health"_s, CrashLoop, u"error"_s, u"service_not_ready"_s);
    row("AUTH", u"/health"_s, Healthy, u"database_status"_s, u"connected"_s);
    row("AUTH", u"/health"_s, DatabasesUnreachable, u"reason"_s, u"Database connection timed out"_s);
    row("FRONTEND", u"/health"_s, Healthy, u"status"_s, u"healthy"_s);
    row("FRONTEND", u"/health"_s, CrashLoop, u"status"_s, u"degraded"_s);
    row("FRONTEND", u"/health"_s, CrashLoop, u"dependencies.backend.response_time_ms"_s, 2003);
    for (const auto &[chapter, state] : {std::pair(Healthy, u"READY"_s), {ConnectorSaturates, u"UPDATING"_s},
                                         {DatabasesUnreachable, u"ERROR"_s}, {CrashLoop, u"ERROR"_s},
                                         {Everything503, u"ERROR"_s}, {ConnectorRepaired, u"READY"_s}})
        row("CLOUD", connector, chapter, u"state"_s, state);
    row("CLOUD", connector, Healthy, u"maxInstances"_s, 10);
    row("CLOUD", connector, Healthy, u"connectedProjects.0"_s, u"netra-staging"_s);
    row("CLOUD", run, Healthy, u"terminalCondition.state"_s, u"CONDITION_SUCCEEDED"_s);
    row("CLOUD", run, Healthy, u"generation"_s, u"741"_s);
    row("CLOUD", run, CrashLoop, u"terminalCondition.state"_s, u"CONDITION_FAILED"_s);
    row("CLOUD", run, CrashLoop, u"latestCreatedRevision"_s, revisions + u"00210-hxm"_s);
    row("CLOUD", run, CrashLoop, u"latestReadyRevision"_s, revisions + u"00209-kzt"_s);
    row("CLOUD", run, DatabasesBack, u"terminalCondition.state"_s, u"CONDITION_FAILED"_s);
    row("CLOUD", run, RevisionFixed, u"latestCreatedRevision"_s, revisions + u"00214-pql"_s);
    row("CLOUD", run, RevisionFixed, u"latestReadyRevision"_s, revisions + u"00214-pql"_s);
    row("CLOUD", run, RevisionFixed, u"template.vpcAccess.egress"_s, u"ALL_TRAFFIC"_s);
    row("CLOUD", sql, Healthy, u"state"_s, u"RUNNABLE"_s);
    row("CLOUD", sql, Healthy, u"settings.activationPolicy"_s, u"ALWAYS"_s);
    row("CLOUD", sql, DatabasesUnreachable, u"state"_s, u"FAILED"_s);
    row("CLOUD", sql, ConnectorRepaired, u"state"_s, u"MAINTENANCE"_s);
    row("CLOUD", sql, DatabasesBack, u"state"_s, u"RUNNABLE"_s);
    row("CLOUD", redis, Healthy, u"state"_s, u"READY"_s);
    row("CLOUD", redis, Healthy, u"host"_s, u"10.166.204.83"_s);
    row("CLOUD", redis, Everything503, u"state"_s, u"REPAIRING"_s);
    row("CLOUD", redis, ConnectorRepaired, u"state"_s, u"UPDATING"_s);
    row("CLOUD", u"/v1"_s + in + u"/instances"_s, Healthy, u"instances.0.port"_s, 6379);
    row("CLOUD", series, Healthy, used, u"41"_s);
    row("CLOUD", series, Everything503, used, u"100"_s);
    row("CLOUD", u"/v1/projects/other"_s, Healthy, u"error.status"_s, u"NOT_FOUND"_s);
}

void TestStaging::fieldsOfTheAnswers()
{
    QFETCH(QByteArray, origin);
    QFETCH(QString, path);
    QFETCH(Chapter, chapter);
    QFETCH(QString, name);
    m_staging->enter(chapter);
    const Answer answer = ask(variable(origin.constData()), path);
    QCOMPARE(answer.contentType, u"application/json"_s);
    QTEST(field(answer.body, name), "value");
}

void TestStaging::platform503IsTextAfterTenSeconds()
{
    m_staging->enter(Chapter::Everything503);
    for (const char *origin : {"API", "AUTH", "FRONTEND"}) {
        const Duration asked = m_clock->steady();
        const Answer answer = ask(variable(origin), u"/health"_s);
        QCOMPARE(answer.status, 503);
        QVERIFY(answer.contentType.startsWith(u"text/plain"_s));
        QVERIFY(answer.body.contains("no healthy backend"));
        QVERIFY2(m_clock->steady() - asked >= 9500ms, origin);
    }
}

void TestStaging::crashLoopLetsOneRequestInThreeThrough()
{
    m_staging->enter(Chapter::CrashLoop);
    QList<int> statuses;
    for (int i = 0; i < 6; ++i)
        statuses.append(ask(variable("API"), u"/health"_s).status);
    QCOMPARE(statuses, (QList<int>{503, 503, 200, 503, 503, 200}));
    QCOMPARE(ask(variable("API"), u"/ws/health"_s).retryAfter, "10"_ba);
}

void TestStaging::logsInWithTheGivenCredentialsOnly_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::newRow("the right password") << ""_ba << 200;
    QTest::newRow("a wrong password") << R"({"email": "golden-path@rehearsal.invalid", "password": "guess"})"_ba << 401;
    QTest::newRow("another user") << R"({"email": "a@b.invalid", "password": "guess"})"_ba << 401;
    QTest::newRow("no password") << R"({"email": "golden-path@rehearsal.invalid"})"_ba << 422;
    QTest::newRow("not JSON") << "email=me"_ba << 422;
}

void TestStaging::logsInWithTheGivenCredentialsOnly()
{
    QFETCH(QByteArray, body);
    QFETCH(int, status);
    const Answer answer = ask(variable("AUTH"), u"/auth/login"_s, body.isEmpty() ? credentials() : body);
    QCOMPARE(answer.status, status);
    QCOMPARE(field(answer.body, u"access_token"_s).toString().count(u'.'), status == 200 ? 2 : 0);
    if (status != 200)
        return;
    QCOMPARE(field(answer.body, u"token_type"_s), QJsonValue(u"Bearer"_s));
    QCOMPARE(field(answer.body, u"expires_in"_s), QJsonValue(900));
    QCOMPARE(field(answer.body, u"user.email"_s), QJsonValue(variable("GOLDEN_USER")));
    QCOMPARE(ask(variable("AUTH"), u"/auth/login"_s).status, 405);
}

void TestStaging::upgradesOrRejectsInEveryChapter_data()
{
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<int>("status");
    constexpr Statuses statuses = {101, 101, 101, 503, 503, 503, 503, 101, 101};
    for (const Situation &situation : story()) {
        QTest::newRow(situation.name.data()) << situation.chapter
                                             << statuses[static_cast<std::size_t>(situation.chapter)];
    }
}

void TestStaging::upgradesOrRejectsInEveryChapter()
{
    QFETCH(Chapter, chapter);
    QFETCH(int, status);
    m_staging->enter(chapter);
    QWebSocket socket;
    QSignalSpy connected(&socket, &QWebSocket::connected);
    QSignalSpy failed(&socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error));
    socket.open(url(variable("WS")));
    QTRY_VERIFY(!connected.isEmpty() || !failed.isEmpty());
    QCOMPARE(connected.size(), status == 101 ? 1 : 0);
    if (status != 101)
        QVERIFY2(socket.errorString().contains(QString::number(status)), qPrintable(socket.errorString()));
    socket.abort();
}

void TestStaging::chatGreetsAndSendsTheFiveEventsInOrder()
{
    QWebSocket socket;
    QStringList types;
    QJsonObject last;
    connect(&socket, &QWebSocket::textMessageReceived, this, [&](const QString &text) {
        last = QJsonDocument::fromJson(text.toUtf8()).object();
        types.append(last[u"type"].toString());
    });
    socket.open(url(variable("WS")));
    QTRY_COMPARE(types, QStringList{u"connection_established"_s});
    QCOMPARE(last[u"data"][u"golden_path_events"].toArray().size(), 5);
    QVERIFY(!last[u"data"][u"user_id"].toString().isEmpty());

    socket.sendTextMessage(uR"({"type": "chat_message", "data": {"message": "What can be saved?"}})"_s);
    QStringList expected{u"connection_established"_s};
    for (const char *event : {"agent_started", "agent_thinking", "tool_executing", "tool_completed", "agent_completed"})
        expected.append(QLatin1StringView(event));
    QTRY_COMPARE(types, expected);
    QVERIFY(!last[u"data"][u"result"].toString().isEmpty());
    for (const char *member : {"run_id", "user_id", "agent_name", "timestamp"})
        QVERIFY2(!last[QLatin1StringView(member)].toString().isEmpty(), member);
}

void TestStaging::chatAnswersOtherMessages_data()
{
    QTest::addColumn<QString>("sent");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("code");
    QTest::newRow("a ping") << uR"({"type": "ping"})"_s << u"pong"_s << QString();
    QTest::newRow("the agent's status") << uR"({"type": "get_agent_status"})"_s << u"agent_status"_s << QString();
    QTest::newRow("an unknown type") << uR"({"type": "fly"})"_s << u"error_message"_s << u"UNKNOWN_MESSAGE_TYPE"_s;
    QTest::newRow("no type") << u"{}"_s << u"error_message"_s << u"UNKNOWN_MESSAGE_TYPE"_s;
    QTest::newRow("not JSON") << u"hello"_s << u"error_message"_s << u"JSON_PARSE_ERROR"_s;
}

void TestStaging::chatAnswersOtherMessages()
{
    QFETCH(QString, sent);
    QWebSocket socket;
    QList<QJsonObject> heard;
    connect(&socket, &QWebSocket::textMessageReceived, this,
            [&](const QString &text) { heard.append(QJsonDocument::fromJson(text.toUtf8()).object()); });
    connect(&socket, &QWebSocket::connected, this, [&] { socket.sendTextMessage(sent); });
    socket.open(url(variable("WS")));
    QTRY_COMPARE(heard.size(), 2);
    QTEST(heard[1][u"type"].toString(), "type");
    QTEST(heard[1][u"error_code"].toString(), "code");
}

void TestStaging::chatEchoesTheTokenBearingSubprotocol()
{
    QWebSocket socket;
    QSignalSpy connected(&socket, &QWebSocket::connected);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({u"chat"_s, u"jwt.eyJhbGciOiJIUzI1NiJ9"_s});
    socket.open(url(variable("WS")), options);
    QTRY_COMPARE(connected.size(), 1);
    QCOMPARE(socket.subprotocol(), u"jwt.eyJhbGciOiJIUzI1NiJ9"_s);
}

void TestStaging::chatClosesWhenNoSubprotocolIsKnown()
{
    QWebSocket socket;
    QSignalSpy disconnected(&socket, &QWebSocket::disconnected);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({u"graphql-ws"_s});
    socket.open(url(variable("WS")), options);
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(int(socket.closeCode()), 1003);
    QCOMPARE(socket.closeReason(), u"no subprotocols supported"_s);
}

void TestStaging::openChatsCloseWhenEverythingFails()
{
    QWebSocket socket;
    QSignalSpy greeted(&socket, &QWebSocket::textMessageReceived);
    QSignalSpy disconnected(&socket, &QWebSocket::disconnected);
    socket.open(url(variable("WS")));
    QTRY_COMPARE(greeted.size(), 1);
    m_staging->enter(Chapter::Everything503);
    QTRY_COMPARE(disconnected.size(), 1);
    QCOMPARE(int(socket.closeCode()), 1011);
}

void TestStaging::servesTheChainOfTheChapter_data()
{
    QTest::addColumn<Chapter>("chapter");
    QTest::addColumn<int>("links");
    constexpr Statuses links = {2, 2, 2, 2, 1, 1, 2, 2, 2};
    for (const Situation &situation : story())
        QTest::newRow(situation.name.data()) << situation.chapter << links[static_cast<std::size_t>(situation.chapter)];
}

void TestStaging::servesTheChainOfTheChapter()
{
    QFETCH(Chapter, chapter);
    QFETCH(int, links);
    m_staging->enter(chapter);
    QFile authority(variable("CA_FILE"));
    QVERIFY(authority.open(QIODevice::ReadOnly));
    QSslConfiguration trusting = QSslConfiguration::defaultConfiguration();
    trusting.setCaCertificates(QSslCertificate::fromData(authority.readAll()));
    QNetworkRequest request(url(variable("TLS").replace(u"tls:"_s, u"https:"_s) + u'/'));
    request.setSslConfiguration(trusting);
    QNetworkAccessManager network;
    const std::unique_ptr<QNetworkReply> reply(network.get(request));
    QList<QSslCertificate> sent;
    connect(reply.get(), &QNetworkReply::sslErrors, this, [&](const QList<QSslError> &errors) {
        sent = reply->sslConfiguration().peerCertificateChain();
        reply->ignoreSslErrors(errors);
    });
    QSignalSpy finished(reply.get(), &QNetworkReply::finished);
    QTRY_COMPARE(finished.size(), 1);
    QCOMPARE(sent.isEmpty(), links == 2); // complete: verified without an error
    if (sent.isEmpty())
        sent = reply->sslConfiguration().peerCertificateChain();
    QCOMPARE(sent.size(), links);
    QCOMPARE(reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), 200);
}

void TestStaging::databasesAnswerInTheirOwnProtocols()
{
    QTcpSocket redis, postgres;
    QByteArray fromRedis, fromPostgres;
    connect(&redis, &QTcpSocket::readyRead, this, [&] { fromRedis += redis.readAll(); });
    connect(&postgres, &QTcpSocket::readyRead, this, [&] { fromPostgres += postgres.readAll(); });
    m_staging->enter(Chapter::ConnectorRepaired);
    redis.connectToHost(u"127.0.0.1"_s, quint16(url(variable("REDIS")).port()));
    redis.write("PING\r\n");
    postgres.connectToHost(u"127.0.0.1"_s, quint16(url(variable("POSTGRES")).port()));
    postgres.write(QByteArray::fromHex("00000009000300000000").first(9));
    QTRY_VERIFY(fromRedis.startsWith("-LOADING "));
    QTRY_VERIFY(fromPostgres.contains("57P03"));
    m_staging->enter(Chapter::DatabasesBack);
    redis.write("PING\r\n");
    QTRY_VERIFY(fromRedis.endsWith("+PONG\r\n"));
}

void TestStaging::variablesNameEverything()
{
    const auto variables = m_staging->variables();
    for (const char *key : {"API", "AUTH", "FRONTEND", "CLOUD", "TLS", "WS", "REDIS", "POSTGRES"}) {
        const QUrl parsed(variables.value(QLatin1StringView(key)));
        QCOMPARE(parsed.host(), u"127.0.0.1"_s);
        QVERIFY2(parsed.port() > 0, key);
    }
    QVERIFY(QFile::exists(variables.value(u"CA_FILE"_s)));
    const auto declared = fromIso(variables.value(u"DECLARED"_s));
    QVERIFY(declared && *declared <= m_clock->now());
    QCOMPARE(m_staging->variables(), variables);
}

void TestStaging::storyGoesThroughEveryChapter()
{
    Staging staging(std::make_shared<ScaledClock>(20'000, TimePoint()));
    QVERIFY(staging.listen());
    QList<Chapter> chapters;
    QStringList sentences;
    connect(&staging, &Staging::entered, this, [&](Chapter chapter, const QString &sentence) {
        chapters.append(chapter);
        sentences.append(sentence);
    });
    staging.playStory();
    QTRY_COMPARE(chapters.size(), qsizetype(story().size()));
    for (qsizetype i = 0; i < chapters.size(); ++i) {
        QCOMPARE(static_cast<qsizetype>(chapters[i]), i);
        QVERIFY(sentences[i].endsWith(u'.'));
        QVERIFY(!name(chapters[i]).isEmpty());
    }
    QCOMPARE(QSet<QString>(sentences.begin(), sentences.end()).size(), sentences.size());
}

void TestStaging::enteringAChapterStopsTheStory()
{
    Staging staging(std::make_shared<ScaledClock>(20'000, TimePoint()));
    QVERIFY(staging.listen());
    QList<Chapter> chapters;
    connect(&staging, &Staging::entered, this, [&](Chapter chapter) { chapters.append(chapter); });
    staging.playStory();
    staging.enter(Chapter::CrashLoop);
    const QUrl api(staging.variables().value(u"API"_s));
    QCOMPARE(ask(api.toString(), u"/health"_s).status, 503); // long enough for the story to have gone on
    QCOMPARE(ask(api.toString(), u"/health"_s).status, 503);
    QCOMPARE(chapters, (QList<Chapter>{Chapter::Healthy, Chapter::CrashLoop}));
}

void TestStaging::storyIsShortEnoughForTheHolds()
{
    Duration total{};
    for (const Situation &situation : story())
        total += situation.lasts;
    QVERIFY(total >= 7min);
    QVERIFY2(total + 5min + 1min < 15min + 30s, "at speed 20 all clear has to come within 46 s");
}

void TestStaging::worksOnAThreadOfItsOwn()
{
    QThread thread;
    auto *staging = new Staging(m_clock);
    staging->moveToThread(&thread);
    connect(&thread, &QThread::finished, staging, &QObject::deleteLater);
    thread.start();
    QString api;
    QMetaObject::invokeMethod(
        staging, [&] { api = staging->listen() ? staging->variables().value(u"API"_s) : QString(); },
        Qt::BlockingQueuedConnection);
    QVERIFY(!api.isEmpty());
    const int status = ask(api, u"/health"_s).status;
    thread.quit();
    thread.wait();
    QCOMPARE(status, 200);
}

void TestStaging::destroyedWhileConnectionsAreOpen()
{
    auto staging = std::make_unique<Staging>(std::make_shared<SystemClock>()); // an answer takes real seconds
    QVERIFY(staging->listen());
    const auto variables = staging->variables();
    QWebSocket chat;
    QSignalSpy greeted(&chat, &QWebSocket::textMessageReceived);
    chat.open(url(variables.value(u"WS"_s)));
    QTRY_COMPARE(greeted.size(), 1);
    chat.sendTextMessage(uR"({"type": "chat"})"_s);
    staging->enter(Chapter::CrashLoop);
    std::array<QTcpSocket, 5> clients;
    std::size_t next = 0;
    for (const char *key : {"API", "CLOUD", "TLS", "REDIS", "POSTGRES"}) {
        QTcpSocket &client = clients[next++];
        QSignalSpy connected(&client, &QTcpSocket::connected);
        client.connectToHost(u"127.0.0.1"_s, quint16(url(variables.value(QLatin1StringView(key))).port()));
        QVERIFY(connected.wait());
        client.write(key[0] == 'A' ? "GET /health HTTP/1.1\r\n\r\n" : "G");
        client.flush();
    }
    QCoreApplication::processEvents();
    staging.reset();
    for (const QTcpSocket &client : clients)
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    QTRY_COMPARE(chat.state(), QAbstractSocket::UnconnectedState);
}

QTEST_GUILESS_MAIN(TestStaging)
#include "tst_staging.moc"
