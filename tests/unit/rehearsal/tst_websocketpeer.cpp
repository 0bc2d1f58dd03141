#include "rehearsal/chat.h"
#include "rehearsal/websocketpeer.h"
#include "support/testmain.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>

using namespace allclear;
using namespace allclear::rehearsal;
using namespace Qt::StringLiterals;

class TestWebSocketPeer : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void acceptsTheKeyOfTheStandard() { QCOMPARE(acceptKey("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="_ba); }
    void encodes_data();
    void encodes();
    void decodes_data();
    void decodes();
    void converses_data();
    void converses();
    void choosesASubprotocol_data();
    void choosesASubprotocol();
};

namespace {

/// A client's frame: masked, with a fixed key.
QByteArray masked(quint8 first, const QByteArray &payload)
{
    const QByteArray key = "\x11\x22\x33\x44"_ba;
    QByteArray frame(1, static_cast<char>(first));
    Q_ASSERT(payload.size() < 65536);
    if (payload.size() < 126) {
        frame += static_cast<char>(0x80 | payload.size());
    } else {
        frame += static_cast<char>(0x80 | 126);
        frame += static_cast<char>(payload.size() >> 8);
        frame += static_cast<char>(payload.size() & 0xff);
    }
    frame += key;
    for (qsizetype i = 0; i < payload.size(); ++i)
        frame += static_cast<char>(payload[i] ^ key[i % 4]);
    return frame;
}

constexpr quint8 text = 0x81, textPart = 0x01, binary = 0x82, middle = 0x00, lastPart = 0x80, ping = 0x89, pong = 0x8a,
                 bye = 0x88;

} // namespace

void TestWebSocketPeer::encodes_data()
{
    QTest::addColumn<qsizetype>("size");
    QTest::addColumn<QByteArray>("head");
    QTest::newRow("empty") << qsizetype(0) << QByteArray::fromHex("8100");
    QTest::newRow("the longest short length") << qsizetype(125) << QByteArray::fromHex("817d");
    QTest::newRow("the shortest 16-bit length") << qsizetype(126) << QByteArray::fromHex("817e007e");
    QTest::newRow("the longest 16-bit length") << qsizetype(65535) << QByteArray::fromHex("817effff");
    QTest::newRow("the shortest 64-bit length") << qsizetype(65536) << QByteArray::fromHex("817f0000000000010000");
}

void TestWebSocketPeer::encodes()
{
    QFETCH(qsizetype, size);
    QFETCH(QByteArray, head);
    const QByteArray payload(size, 'x');
    QCOMPARE(encodeFrame(Opcode::Text, payload), head + payload);
}

void TestWebSocketPeer::decodes_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<bool>("complete");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<quint16>("closeCode");
    const auto row = [](const char *name, const QByteArray &bytes, bool complete, const QByteArray &payload, quint16 code) {
        QTest::newRow(name) << bytes << complete << payload << code;
    };
    row("nothing", {}, false, {}, 0);
    row("one byte", "\x81", false, {}, 0);
    row("a head without its mask", masked(text, "hi").first(5), false, {}, 0);
    row("a payload that is not all there", masked(text, "hi").chopped(1), false, {}, 0);
    row("a short text", masked(text, "hi"), true, "hi", 0);
    row("a 16-bit length", masked(text, QByteArray(300, 'y')), true, QByteArray(300, 'y'), 0);
    row("an unmasked frame", QByteArray::fromHex("81026869"), false, {}, 1002);
    row("a reserved bit", masked(0xc1, "hi"), false, {}, 1002);
    row("an unknown opcode", masked(0x83, "hi"), false, {}, 1002);
    row("a fragmented ping", masked(0x09, "hi"), false, {}, 1002);
    row("a ping over 125 bytes", masked(ping, QByteArray(126, 'p')), false, {}, 1002);
    row("a length of terabytes", QByteArray::fromHex("81ff000010000000000011223344"), false, {}, 1009);
}

void TestWebSocketPeer::decodes()
{
    QFETCH(QByteArray, bytes);
    QFETCH(bool, complete);
    const Decoded decoded = decodeFrame(bytes);
    QCOMPARE(decoded.frame.has_value(), complete);
    QTEST(decoded.closeCode, "closeCode");
    if (complete) {
        QTEST(decoded.frame->payload, "payload");
        QVERIFY(bytes.isEmpty());
    }
}

void TestWebSocketPeer::converses_data()
{
    QTest::addColumn<QByteArray>("sent");
    QTest::addColumn<QByteArrayList>("texts");
    QTest::addColumn<QByteArray>("answer");
    QTest::addColumn<bool>("closes");
    const auto row = [](const char *name, const QByteArray &sent, const QByteArrayList &texts, const QByteArray &answer,
                        bool closes) { QTest::newRow(name) << sent << texts << answer << closes; };
    const auto closing = [](const char *code, const QByteArray &words) {
        return encodeFrame(Opcode::Close, QByteArray::fromHex(code) + words);
    };
    row("two texts in one segment", masked(text, "a") + masked(text, "b"), {"a", "b"}, {}, false);
    row("fragments make one text", masked(textPart, "a") + masked(middle, "b") + masked(lastPart, "c"), {"abc"}, {}, false);
    row("a ping between fragments is answered", masked(textPart, "a") + masked(ping, "now") + masked(lastPart, "b"),
        {"ab"}, encodeFrame(Opcode::Pong, "now"), false);
    row("a pong is ignored", masked(pong, "?") + masked(text, "a"), {"a"}, {}, false);
    row("a close is echoed", masked(bye, QByteArray::fromHex("03e8")), {}, closing("03e8", {}), true);
    row("a close without a code is answered with 1000", masked(bye, {}), {}, closing("03e8", {}), true);
    row("binary is refused", masked(binary, "x"), {}, closing("03eb", "only text is understood"), true);
    row("a continuation of nothing", masked(lastPart, "x"), {}, closing("03ea", "unexpected fragment"), true);
    row("a text inside a text", masked(textPart, "a") + masked(text, "b"), {}, closing("03ea", "unexpected fragment"), true);
    row("an unmasked frame", QByteArray::fromHex("81026869"), {}, closing("03ea", "protocol error"), true);
}

void TestWebSocketPeer::converses()
{
    QFETCH(QByteArray, sent);
    QFETCH(QByteArrayList, texts);
    QFETCH(QByteArray, answer);
    QFETCH(bool, closes);
    QTcpServer server;
    QVERIFY(server.listen(QHostAddress::LocalHost));
    QTcpSocket client;
    QByteArray received;
    connect(&client, &QTcpSocket::readyRead, this, [&] { received += client.readAll(); });
    client.connectToHost(QHostAddress::LocalHost, server.serverPort());
    QTRY_VERIFY(server.hasPendingConnections());
    std::unique_ptr<QTcpSocket> accepted(server.nextPendingConnection());
    accepted->setParent(nullptr);
    QObject parent;
    auto *peer = new WebSocketPeer(std::move(accepted), &parent);
    QByteArrayList heard;
    connect(peer, &WebSocketPeer::textReceived, this, [&](const QByteArray &message) { heard.append(message); });
    peer->begin(sent.first(1));
    client.write(sent.sliced(1));
    QTRY_COMPARE(heard, texts);
    QTRY_COMPARE(received, answer);
    if (closes)
        QTRY_COMPARE(client.state(), QAbstractSocket::UnconnectedState);
    else
        QCOMPARE(client.state(), QAbstractSocket::ConnectedState);
}

void TestWebSocketPeer::choosesASubprotocol_data()
{
    QTest::addColumn<QByteArray>("offered");
    QTest::addColumn<QByteArray>("chosen");
    QTest::newRow("none offered") << ""_ba << ""_ba;
    QTest::newRow("the bare word") << "jwt-auth"_ba << "jwt-auth"_ba;
    QTest::newRow("an entry with a token, exactly") << "chat, jwt.eyJh.eyJz.c2ln"_ba << "jwt.eyJh.eyJz.c2ln"_ba;
    QTest::newRow("a bearer entry") << "bearer.abc"_ba << "bearer.abc"_ba;
    QTest::newRow("a staging entry") << "staging-auth.abc , jwt.x"_ba << "staging-auth.abc"_ba;
    QTest::newRow("nothing that is known") << "chat, graphql-ws"_ba << ""_ba;
}

void TestWebSocketPeer::choosesASubprotocol()
{
    QFETCH(QByteArray, offered);
    QTEST(chosenSubprotocol(offered), "chosen");
}

QTEST_GUILESS_MAIN(TestWebSocketPeer)
#include "tst_websocketpeer.moc"
