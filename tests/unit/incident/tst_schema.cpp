// resources/schema/allclear.schema.json offers exactly the keys that the reader takes.
#include "support/testmain.h"

#include "incident/keys.h"
#include "incident/reader.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

QJsonObject schema()
{
    QFile file(QStringLiteral(SOURCE_ROOT "/resources/schema/allclear.schema.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

QJsonObject resolved(const QJsonObject &root, const QJsonObject &node)
{
    const QString reference = node.value("$ref"_L1).toString();
    if (reference.isEmpty())
        return node;
    return root.value("definitions"_L1).toObject().value(reference.section(u'/', -1)).toObject();
}

/// Every mapping with fixed keys: path → property names. Client, tls and dns are shared and listed under endpoints.
void collect(const QJsonObject &root, const QJsonObject &reference, const QString &path, QMap<QString, QStringList> &found)
{
    const QJsonObject node = resolved(root, reference);
    if (node.contains("items"_L1))
        collect(root, node.value("items"_L1).toObject(), path + "[]"_L1, found);
    if (!node.contains("properties"_L1))
        return;
    const bool shared = reference.contains("$ref"_L1) && !path.startsWith("endpoints[]"_L1);
    if (shared)
        return;
    const QJsonObject properties = node.value("properties"_L1).toObject();
    found.insert(path, properties.keys());
    for (const QString &key : properties.keys())
        collect(root, properties.value(key).toObject(), path.isEmpty() ? key : path + u'.' + key, found);
}

QStringList sorted(QStringList list)
{
    list.sort();
    return list;
}

void collectBare(const QJsonObject &root, const QJsonObject &node, const QString &path, QStringList &bare)
{
    const QJsonObject properties = node.value("properties"_L1).toObject();
    for (const QString &key : properties.keys()) {
        const QJsonObject property = properties.value(key).toObject();
        if (property.value("description"_L1).toString().isEmpty() && resolved(root, property).value("description"_L1).toString().isEmpty())
            bare.append(path + u'.' + key);
        collectBare(root, property, path + u'.' + key, bare);
        collectBare(root, property.value("items"_L1).toObject(), path + u'.' + key, bare);
    }
}

} // namespace

class TestSchema : public QObject {
Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void offersWhatTheReaderTakes();
    void describesEveryKey();
    void refusesOtherKeys();
    void listsTheReadersWords_data();
    void listsTheReadersWords();
};

void TestSchema::offersWhatTheReaderTakes()
{
    QMap<QString, QStringList> offered;
    collect(schema(), schema(), QString(), offered);
    QMap<QString, QStringList> taken;
    for (const MappingKeys &mapping : knownKeys())
        taken.insert(mapping.path, mapping.keys + mapping.gatus);
    QCOMPARE(offered.keys(), taken.keys());
    for (const QString &path : taken.keys())
        QCOMPARE(sorted(offered.value(path)), sorted(taken.value(path)));
}

void TestSchema::describesEveryKey()
{
    QStringList bare;
    collectBare(schema(), schema(), {}, bare);
    QCOMPARE(bare, QStringList());
}

void TestSchema::refusesOtherKeys()
{
    QVERIFY(schema().value("title"_L1).isString());
    QCOMPARE(schema().value("additionalProperties"_L1), QJsonValue(false));
    for (const QString &shared : {u"client"_s, u"tls"_s, u"oauth2"_s, u"dns"_s})
        QCOMPARE(schema().value("definitions"_L1).toObject().value(shared).toObject().value("additionalProperties"_L1), QJsonValue(false));
}

void TestSchema::listsTheReadersWords_data()
{
    QTest::addColumn<QString>("yaml"); // %1 is the word
    QTest::addColumn<QStringList>("path");
    const QString endpoint = u"endpoints: [{name: a, url: 'https://a.test', conditions: ['[STATUS] == 200']%1}]\n"_s;
    QTest::newRow("the status of the incident") << u"incident: {status: %1}\n"_s + endpoint.arg(QString()) << QStringList{u"incident"_s, u"status"_s};
    QTest::newRow("the period of the money") << u"incident: {impact: {revenue-at-risk: {amount: 1, per: %1}}}\n"_s + endpoint.arg(QString())
                                             << QStringList{u"incident"_s, u"impact"_s, u"revenue-at-risk"_s, u"per"_s};
    QTest::newRow("what confirms a why") << u"five-whys: [{why: x, confirmed-when: %1}]\n"_s + endpoint.arg(QString())
                                         << QStringList{u"five-whys"_s, u"items"_s, u"confirmed-when"_s};
    QTest::newRow("the events of a webhook") << u"notify: {webhooks: [{url: 'https://h.test/', on: [%1]}]}\n"_s + endpoint.arg(QString())
                                             << QStringList{u"notify"_s, u"webhooks"_s, u"items"_s, u"on"_s, u"items"_s};
}

void TestSchema::listsTheReadersWords()
{
    QFETCH(QString, yaml);
    QFETCH(QStringList, path);
    QJsonObject node = schema();
    for (const QString &step : path)
        node = step == "items"_L1 ? node.value(step).toObject() : node.value("properties"_L1).toObject().value(step).toObject();
    const QJsonArray words = node.value("enum"_L1).toArray();
    QVERIFY(!words.isEmpty());
    for (const QJsonValue &word : words)
        QVERIFY2(readIncident(yaml.arg(word.toString()).toUtf8()).incident, qUtf8Printable(word.toString()));
    QVERIFY(!readIncident(yaml.arg(u"nonsense"_s).toUtf8()).incident);
}

QTEST_GUILESS_MAIN(TestSchema)
#include "tst_schema.moc"
