// Every chain verdict, against a real server that sends what it is told: verdict, sentence, notes, days and staple.
#include "handshakes.h"
#include "probes/certificate.h"
#include "probes/chain.h"

using namespace allclear;
using namespace allclear::test;
using namespace Qt::StringLiterals;

class TestChain : public QObject
{
    Q_OBJECT

    Authority m_ca;

    ObservationPtr probe(const TlsScript &script, const QString &serverName = {},
                         const QStringList &conditions = {u"[CONNECTED] == true"_s})
    {
        TlsServer server(script);
        Endpoint endpoint = handshakeEndpoint(server.url(u"tls"_s), m_ca, conditions);
        endpoint.client.serverName = serverName;
        return ProbeRunner().run(endpoint);
    }

    TlsScript stapled(const OcspOptions &options, const Identity *signer = nullptr)
    {
        const Identity leaf = m_ca.leaf();
        return {.sends = {leaf, m_ca.intermediate},
                .staple = makeOcspResponse(leaf, m_ca.intermediate, signer != nullptr ? *signer : m_ca.intermediate,
                                           options)};
    }

    IdentityOptions with(void (*change)(IdentityOptions &)) const
    {
        IdentityOptions options = Authority::good();
        change(options);
        return options;
    }

    void row(const char *name, const TlsScript &script, ChainVerdict verdict, const QString &says = {},
             const QString &host = {})
    {
        QTest::newRow(name) << script << host << verdict << says;
    }

private Q_SLOTS:
    void init() { failOnWarnings(); }

    void verdicts_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::addColumn<QString>("host");
        QTest::addColumn<ChainVerdict>("verdict");
        QTest::addColumn<QString>("says");
        using enum ChainVerdict;
        goodRows();
        trustRows();
        timeRows();
        nameRows();
        weakRows();
        row("a stapled revocation", stapled({.answer = OcspAnswer::Revoked}), Revoked, u"its key was compromised"_s);
        row("a revoked certificate that has expired too", expiredAndRevoked(), Revoked,
            u"; the certificate of localhost expired"_s);
    }

    void verdicts()
    {
        QFETCH(TlsScript, script);
        QFETCH(QString, host);
        QFETCH(ChainVerdict, verdict);
        QFETCH(QString, says);
        TlsServer server(script);
        for (const bool insecure : {false, true}) {
            Endpoint endpoint = handshakeEndpoint(
                server.url(u"tls"_s), m_ca,
                {u"[CHAIN] == %1"_s.arg(name(verdict)), u"[CERTIFICATE_EXPIRATION] != 0"_s, u"[IP] == 127.0.0.1"_s});
            endpoint.client.serverName = host;
            endpoint.client.insecure = insecure;
            const ObservationPtr seen = ProbeRunner().run(endpoint);
            QVERIFY(seen);
            QVERIFY2(seen->tls, told(seen).constData());
            QVERIFY2(seen->tls->chainVerdict == verdict,
                     qPrintable(name(seen->tls->chainVerdict) + ": "_L1 + seen->tls->chainMessage));
            QVERIFY2(seen->tls->chainMessage.contains(says), qPrintable(seen->tls->chainMessage));
            QCOMPARE(seen->tls->chain.size(), script.sends.size()); // every certificate sent, in order
            QCOMPARE(seen->tls->insecure, insecure);
            QVERIFY(seen->tls->daysLeft && seen->tls->shortestDaysLeft);
            for (const ConditionResult &condition : seen->conditions)
                QVERIFY2(condition.result == Truth::Met, qPrintable(condition.shown));
            if (verdict == ChainVerdict::Ok || insecure) {
                QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
                continue;
            }
            QCOMPARE(seen->outcome, Outcome::Fail);
            QCOMPARE(seen->failure->kind, FailureKind::Tls);
            QCOMPARE(seen->failure->phase.value(), Phase::Tls);
            QCOMPARE(seen->failure->message, seen->tls->chainMessage);
        }
    }

    void notes_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::addColumn<QStringList>("notes"); // none: none is expected
        const Identity stranger = makeIdentity({.commonName = u"Stranger CA"_s, .authority = true});
        const Identity strangersLink =
            makeIdentity({.commonName = u"Stranger Issuing CA"_s, .authority = true}, &stranger);
        const Identity deeper =
            makeIdentity({.commonName = u"Test Issuing CA E5"_s, .authority = true}, &m_ca.intermediate);
        const Identity leaf = m_ca.leaf();
        const Identity deepLeaf = makeIdentity(Authority::good(), &deeper);
        const auto sent = [](const char *name, const QList<Identity> &sends, const QStringList &notes) {
            QTest::newRow(name) << TlsScript{.sends = sends} << notes;
        };
        sent("leaf and intermediate", {leaf, m_ca.intermediate}, {});
        sent("three in order", {deepLeaf, deeper, m_ca.intermediate}, {});
        sent("out of order", {deepLeaf, m_ca.intermediate, deeper}, {u"out of order"_s});
        sent("the root too", {leaf, m_ca.intermediate, m_ca.root}, {u"also sends the root Test Root CA"_s});
        sent("root before intermediate", {leaf, m_ca.root, m_ca.intermediate},
             {u"out of order"_s, u"also sends the root Test Root CA"_s});
        sent("the leaf twice", {leaf, leaf, m_ca.intermediate}, {u"localhost twice"_s});
        sent("the intermediate twice", {leaf, m_ca.intermediate, m_ca.intermediate}, {u"Test Issuing CA R11 twice"_s});
        sent("an unrelated root", {leaf, m_ca.intermediate, stranger}, {u"Stranger CA, which has nothing to do"_s});
        sent("an unrelated intermediate", {leaf, strangersLink, m_ca.intermediate},
             {u"Stranger Issuing CA, which has nothing to do"_s});
        const Identity demanding = m_ca.leaf(with([](IdentityOptions &o) { o.extra = Extra::MustStaple; }));
        QTest::newRow("must-staple without a staple")
            << TlsScript{.sends = {demanding, m_ca.intermediate}} << QStringList{u"must-staple"_s};
        QTest::newRow("must-staple with a staple")
            << TlsScript{.sends = {demanding, m_ca.intermediate},
                         .staple = makeOcspResponse(demanding, m_ca.intermediate, m_ca.intermediate)}
            << QStringList{};
    }

    void notes()
    {
        QFETCH(TlsScript, script);
        QFETCH(QStringList, notes);
        const ObservationPtr seen = probe(script);
        QVERIFY(seen);
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData());
        QVERIFY2(seen->notes.size() == notes.size(), qPrintable(seen->notes.join(u'\n')));
        for (qsizetype i = 0; i < notes.size(); ++i)
            QVERIFY2(seen->notes[i].contains(notes[i]), qPrintable(seen->notes[i]));
    }

    void staples_data()
    {
        QTest::addColumn<TlsScript>("script");
        QTest::addColumn<OcspStatus>("status");
        QTest::addColumn<QString>("note"); // empty: none
        using enum OcspStatus;
        const auto staple = [](const char *name, const TlsScript &script, OcspStatus status, const QString &note) {
            QTest::newRow(name) << script << status << note;
        };
        const auto raw = [this](const QByteArray &bytes) { return TlsScript{.sends = m_ca.chain(), .staple = bytes}; };
        const Identity responder =
            makeIdentity({.commonName = u"Test OCSP"_s, .extra = Extra::OcspSigning}, &m_ca.intermediate);
        const Identity impostor = makeIdentity({.commonName = u"Not an OCSP"_s}, &m_ca.intermediate);
        const Identity stranger = makeIdentity({.commonName = u"Test Issuing CA R11"_s, .authority = true});
        const Identity other = m_ca.leaf();
        staple("none", raw({}), Absent, {});
        staple("good", stapled({}), Good, {});
        staple("good, from a responder of the issuer", stapled({}, &responder), Good, {});
        staple("good for ever: no next update is needed", stapled({.validForSeconds = 86400 * 30}), Good, {});
        staple("unknown to the authority", stapled({.answer = OcspAnswer::Unknown}), Unknown,
               u"does not know the certificate"_s);
        staple("expired", stapled({.producedSecondsAgo = 86400 * 8, .validForSeconds = -86400}), Invalid,
               u"expired on"_s);
        staple("expired, and revoked then",
               stapled({.answer = OcspAnswer::Revoked, .producedSecondsAgo = 86400 * 8, .validForSeconds = -86400}),
               Invalid, u"expired on"_s);
        staple("from the future", stapled({.producedSecondsAgo = -86400, .validForSeconds = 86400 * 2}), Invalid,
               u"from the future"_s);
        staple("signed by a stranger of the same name", stapled({}, &stranger), Invalid, u"is not signed by"_s);
        staple("signed by a certificate that may not", stapled({}, &impostor), Invalid, u"is not signed by"_s);
        staple("about another certificate", raw(makeOcspResponse(other, m_ca.intermediate, m_ca.intermediate)), Invalid,
               u"about another certificate"_s);
        staple("no OCSP at all", raw("nonsense"), Invalid, u"cannot be parsed"_s);
        staple("an error of the responder", raw(QByteArray("\x30\x03\x0a\x01\x03", 5)), Invalid, u"\"trylater\""_s);
        staple("cut short", raw(makeOcspResponse(other, m_ca.intermediate, m_ca.intermediate).chopped(40)), Invalid,
               u"cannot be parsed"_s);
    }

    void staples()
    {
        QFETCH(TlsScript, script);
        QFETCH(OcspStatus, status);
        QFETCH(QString, note);
        const ObservationPtr seen = probe(script);
        QVERIFY(seen && seen->tls);
        QCOMPARE(name(seen->tls->ocsp), name(status));
        QVERIFY2(seen->outcome == Outcome::Pass, told(seen).constData()); // a staple that proves nothing is no error
        QCOMPARE(seen->notes.size(), note.isEmpty() ? 0 : 1);
        if (!note.isEmpty())
            QVERIFY2(seen->notes[0].contains(note), qPrintable(seen->notes[0]));
    }

    void stapleWithoutItsIssuerProvesNothing()
    {
        TlsScript script = stapled({.answer = OcspAnswer::Revoked});
        script.sends.removeLast();
        const ObservationPtr seen = probe(script);
        QVERIFY(seen && seen->tls);
        QCOMPARE(seen->tls->ocsp, OcspStatus::Invalid);
        QCOMPARE(seen->tls->chainVerdict, ChainVerdict::Incomplete);
        QVERIFY(seen->notes[0].contains(u"without the certificate of the issuer"_s));
    }

    void shortestLinkIsNotTheLeaf()
    {
        const Identity shortLived =
            makeIdentity({.commonName = u"Short Issuing CA"_s, .validToDays = 5, .authority = true}, &m_ca.root);
        const ObservationPtr seen = probe({.sends = {makeIdentity(Authority::good(), &shortLived), shortLived}});
        QVERIFY(seen && seen->tls);
        QVERIFY(*seen->tls->daysLeft > 88);
        QVERIFY(*seen->tls->shortestDaysLeft > 4 && *seen->tls->shortestDaysLeft < 6);
    }

    void shortestLinkLeavesOutWhatIsNotNeeded()
    {
        const Identity old =
            makeIdentity({.commonName = u"Old Root"_s, .validFromDays = -400, .validToDays = -30, .authority = true});
        const ObservationPtr seen = probe({.sends = {m_ca.leaf(), m_ca.intermediate, old}});
        QVERIFY(seen && seen->tls);
        QCOMPARE(seen->tls->chainVerdict, ChainVerdict::Ok);
        QVERIFY(*seen->tls->shortestDaysLeft > 88);
        QCOMPARE(seen->tls->chain.size(), 3);
    }

    void everyNameIsKept()
    {
        const ObservationPtr seen = probe({.sends = m_ca.chain(with([](IdentityOptions &o) {
            o.names = {u"DNS:localhost"_s, u"DNS:*.staging.example"_s, u"IP:127.0.0.1"_s, u"IP:::1"_s};
        }))});
        QVERIFY(seen && seen->tls);
        QCOMPARE(seen->tls->chain[0].names,
                 (QStringList{u"localhost"_s, u"*.staging.example"_s, u"127.0.0.1"_s, u"::1"_s}));
    }

    void expiresInTheVerySecond()
    {
        const Identity leaf = m_ca.leaf(with([](IdentityOptions &o) { o.validToDays = 9; }));
        const std::unique_ptr<X509_STORE, decltype(&X509_STORE_free)> store(X509_STORE_new(), &X509_STORE_free);
        X509_STORE_add_cert(store.get(), m_ca.root.certificate.get());
        const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509) *)> sent(
            sk_X509_new_null(), [](STACK_OF(X509) *stack) { sk_X509_free(stack); });
        sk_X509_push(sent.get(), leaf.certificate.get());
        sk_X509_push(sent.get(), m_ca.intermediate.certificate.get());
        const TimePoint end = toTime(X509_get0_notAfter(leaf.certificate.get()));
        const auto verdictAt = [&](TimePoint now) {
            return examineCertificates(sent.get(), {.host = u"localhost"_s, .store = store.get(), .now = now}).facts;
        };
        QCOMPARE(verdictAt(end - 1us).chainVerdict, ChainVerdict::Ok);
        QCOMPARE(verdictAt(end).chainVerdict, ChainVerdict::Expired);
        QVERIFY(verdictAt(end).chainMessage.contains(u"expired on"_s));
        QCOMPARE(*verdictAt(end).daysLeft, 0.0);
    }

private:
    TlsScript expiredAndRevoked()
    {
        const Identity leaf = m_ca.leaf(with([](IdentityOptions &o) { o.validFromDays = -30, o.validToDays = -3; }));
        return {.sends = {leaf, m_ca.intermediate},
                .staple =
                    makeOcspResponse(leaf, m_ca.intermediate, m_ca.intermediate, {.answer = OcspAnswer::Revoked})};
    }

    void goodRows()
    {
        using enum ChainVerdict;
        const Identity deeper =
            makeIdentity({.commonName = u"Test Issuing CA E5"_s, .authority = true}, &m_ca.intermediate);
        row("leaf and intermediate", {.sends = m_ca.chain()}, Ok);
        row("leaf of the root, alone", {.sends = {makeIdentity(Authority::good(), &m_ca.root)}}, Ok);
        row("two intermediates out of order",
            {.sends = {makeIdentity(Authority::good(), &deeper), m_ca.intermediate, deeper}}, Ok);
        row("TLS 1.2", {.sends = m_ca.chain(), .maxVersion = TLS1_2_VERSION}, Ok);
        row("TLS 1.3 only", {.sends = m_ca.chain(), .minVersion = TLS1_3_VERSION}, Ok);
        row("an RSA key of 2048 bits",
            {.sends = m_ca.chain(with([](IdentityOptions &o) { o.key = KeyKind::Rsa2048; }))}, Ok);
        row("a root that signs itself with SHA-1, sent too", sha1Root(), UntrustedRoot, u"Old Root CA"_s);
    }

    TlsScript sha1Root()
    {
        const Identity root = makeIdentity({.commonName = u"Old Root CA"_s, .authority = true, .digest = Digest::Sha1});
        return {.sends = {makeIdentity(Authority::good(), &root), root}};
    }

    void trustRows()
    {
        using enum ChainVerdict;
        const auto authority = [](const QString &name, const Identity *issuer = nullptr) {
            return makeIdentity({.commonName = name, .authority = true}, issuer);
        };
        const Identity foreignRoot = authority(u"Foreign Root"_s);
        const Identity foreignLink = authority(u"Foreign Issuing CA"_s, &foreignRoot);
        const Identity plain = authority(u"Acme Trust Services"_s);
        const Identity plainLink = authority(u"Acme Trust Services 2"_s, &plain);
        const Identity deeper = authority(u"Test Issuing CA E5"_s, &m_ca.intermediate);
        const IdentityOptions located = with([](IdentityOptions &o) { o.issuerUrl = u"http://pki.invalid/r11.der"_s; });
        row("the intermediate is not sent", {.sends = {m_ca.leaf(located)}}, Incomplete,
            u"the server sends its own certificate but not the intermediate Test Issuing CA R11 that signed it; browsers may have it cached, curl and Python do not"_s);
        row("the intermediate is not sent, and no address of it", {.sends = {m_ca.leaf()}}, Incomplete,
            u"its issuer Test Issuing CA R11 is not known here: either the intermediate is not sent, or"_s);
        row("the second intermediate is not sent", {.sends = {makeIdentity(Authority::good(), &deeper), deeper}},
            Incomplete,
            u"the server sends Test Issuing CA E5 but not the intermediate Test Issuing CA R11 that signed it"_s);
        row("an unrelated certificate in place of the intermediate", {.sends = {m_ca.leaf(), foreignRoot}}, Incomplete,
            u"either the intermediate is not sent"_s);
        row("a leaf alone that leaves both possible", {.sends = {makeIdentity(Authority::good(), &plain)}}, Incomplete,
            u"either the intermediate is not sent, or Acme Trust Services is an authority that this computer does not trust"_s);
        row("a certificate that signs itself", {.sends = {makeIdentity(Authority::good())}}, SelfSigned,
            u"localhost vouches only for itself"_s);
        row("a leaf of a foreign root, alone", {.sends = {makeIdentity(Authority::good(), &foreignRoot)}},
            UntrustedRoot, u"signed by Foreign Root"_s);
        row("a foreign root, sent", {.sends = {makeIdentity(Authority::good(), &foreignRoot), foreignRoot}},
            UntrustedRoot, u"leads to Foreign Root"_s);
        row("a foreign root, not sent", {.sends = {makeIdentity(Authority::good(), &foreignLink), foreignLink}},
            UntrustedRoot, u"leads to Foreign Root"_s);
        row("a chain that ends nobody knows where", {.sends = {makeIdentity(Authority::good(), &plainLink), plainLink}},
            UntrustedRoot, u"ends at Acme Trust Services, which this computer does not trust; if"_s);
        const Identity noAuthority = m_ca.leaf(with([](IdentityOptions &o) { o.commonName = u"just a server"_s; }));
        row("signed by a certificate that is no authority",
            {.sends = {makeIdentity(Authority::good(), &noAuthority), noAuthority, m_ca.intermediate}}, UntrustedRoot,
            u"invalid CA certificate"_s);
    }

    void timeRows()
    {
        using enum ChainVerdict;
        const Identity oldLink = makeIdentity(
            {.commonName = u"Old Issuing CA"_s, .validFromDays = -400, .validToDays = -2, .authority = true},
            &m_ca.root);
        const Identity newLink =
            makeIdentity({.commonName = u"New Issuing CA"_s, .validFromDays = 2, .authority = true}, &m_ca.root);
        const auto expired = [](IdentityOptions &o) { o.validFromDays = -30, o.validToDays = -3; };
        row("an expired leaf", {.sends = m_ca.chain(with(expired))}, Expired,
            u"the certificate of localhost expired on"_s);
        row("an expired leaf without its intermediate", {.sends = {makeIdentity(with(expired), &oldLink)}}, Expired,
            u"; the server sends only its own certificate"_s);
        row("an expired intermediate", {.sends = {makeIdentity(Authority::good(), &oldLink), oldLink}}, Expired,
            u"the intermediate Old Issuing CA expired on"_s);
        row("a leaf from the future", {.sends = m_ca.chain(with([](IdentityOptions &o) { o.validFromDays = 3; }))},
            NotYetValid, u"check both clocks"_s);
        row("an intermediate from the future", {.sends = {makeIdentity(Authority::good(), &newLink), newLink}},
            NotYetValid, u"the intermediate New Issuing CA is valid only from"_s);
        row("an expired self-signed certificate", {.sends = {makeIdentity(with(expired))}}, SelfSigned,
            u"; the certificate of localhost expired on"_s);
    }

    void nameRows()
    {
        using enum ChainVerdict;
        const auto named = [this](const QStringList &names, const QString &common = u"server"_s) {
            IdentityOptions options{.commonName = common, .names = names};
            return TlsScript{.sends = m_ca.chain(options)};
        };
        row("another name", named({u"DNS:other.example"_s}), HostnameMismatch,
            u"the certificate is for other.example, not for 127.0.0.1"_s);
        row("the name only as common name", named({}, u"api.example"_s), HostnameMismatch, u"only in its common name"_s,
            u"api.example"_s);
        row("another name only as common name", named({}, u"api.example"_s), HostnameMismatch,
            u"is for api.example, not for www.example"_s, u"www.example"_s);
        row("an IP address as DNS name", named({u"DNS:127.0.0.1"_s}), HostnameMismatch);
        row("an IP address", named({u"IP:127.0.0.1"_s}), Ok);
        row("another IP address", named({u"IP:127.0.0.2"_s}), HostnameMismatch, u"for 127.0.0.2, not for 127.0.0.1"_s);
        row("a wildcard", named({u"DNS:*.example.org"_s}), Ok, {}, u"api.example.org"_s);
        row("a wildcard in other capitals", named({u"DNS:*.Example.org"_s}), Ok, {}, u"API.example.ORG"_s);
        row("a wildcard two labels up", named({u"DNS:*.example.org"_s}), HostnameMismatch, u"for *.example.org"_s,
            u"a.b.example.org"_s);
        row("a wildcard of the bare domain", named({u"DNS:*.example.org"_s}), HostnameMismatch, {}, u"example.org"_s);
        row("a wildcard in the middle of a label", named({u"DNS:a*.example.org"_s}), HostnameMismatch, {},
            u"api.example.org"_s);
        row("a name in another script", named({u"DNS:xn--bcher-kva.example"_s}), Ok, {}, u"bücher.example"_s);
        row("a name with a dot at its end", named({u"DNS:api.example"_s}), Ok, {}, u"api.example."_s);
        row("many names", named({u"DNS:a"_s, u"DNS:b"_s, u"DNS:c"_s, u"DNS:d"_s, u"DNS:e"_s, u"DNS:f"_s, u"DNS:g"_s}),
            HostnameMismatch, u"a, b, c, d, e and 2 more"_s);
    }

    void weakRows()
    {
        using enum ChainVerdict;
        const auto chain = [this](void (*change)(IdentityOptions &), int maxVersion = 0) {
            return TlsScript{.sends = m_ca.chain(with(change)), .maxVersion = maxVersion};
        };
        const Identity shortLink =
            makeIdentity({.commonName = u"Short Issuing CA"_s, .authority = true, .key = KeyKind::Rsa1024}, &m_ca.root);
        const Identity sha1Link =
            makeIdentity({.commonName = u"Sha1 Issuing CA"_s, .authority = true, .digest = Digest::Sha1}, &m_ca.root);
        row("an RSA key of 1024 bits", chain([](IdentityOptions &o) { o.key = KeyKind::Rsa1024; }), Weak,
            u"the key of localhost is too short (RSA 1024)"_s);
        row("an EC key of 192 bits", chain([](IdentityOptions &o) { o.key = KeyKind::EcP192; }, TLS1_2_VERSION), Weak,
            u"too short (EC prime192v1)"_s);
        row("an intermediate with a short key", {.sends = {makeIdentity(Authority::good(), &shortLink), shortLink}},
            Weak, u"the key of Short Issuing CA is too short"_s);
        row("a SHA-1 signature", chain([](IdentityOptions &o) { o.digest = Digest::Sha1; }), Weak,
            u"the signature of localhost uses a broken digest (ecdsa-with-SHA1)"_s);
        row("an MD5 signature", md5(), Weak, u"broken digest (md5WithRSAEncryption)"_s);
        row("an intermediate with a SHA-1 signature", {.sends = {makeIdentity(Authority::good(), &sha1Link), sha1Link}},
            Weak, u"the signature of Sha1 Issuing CA"_s);
        row("TLS 1.1", {.sends = m_ca.chain(), .maxVersion = TLS1_1_VERSION}, Weak,
            u"the server speaks TLSv1.1, which is too old"_s);
        row("TLS 1.0", {.sends = m_ca.chain(), .maxVersion = TLS1_VERSION}, Weak,
            u"the server speaks TLSv1, which is too old"_s);
        row("expired and weak",
            chain([](IdentityOptions &o) { o.validFromDays = -9, o.validToDays = -3, o.key = KeyKind::Rsa1024; }),
            Expired, u"; the key of localhost is too short"_s);
    }

    TlsScript md5()
    {
        const Identity link =
            makeIdentity({.commonName = u"Rsa Issuing CA"_s, .authority = true, .key = KeyKind::Rsa2048}, &m_ca.root);
        return {.sends = {makeIdentity(with([](IdentityOptions &o) { o.digest = Digest::Md5; }), &link), link}};
    }
};

QTEST_GUILESS_MAIN(TestChain)
#include "tst_chain.moc"
