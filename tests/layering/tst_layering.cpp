#include "support/testmain.h"

#include "rules.h"

#include <QDirIterator>
#include <QLibraryInfo>

using namespace allclear;
using namespace allclear::layering;
using namespace Qt::StringLiterals;

namespace {

/// Every header of every installed Qt module, by name.
HeaderModules readHeaderModules()
{
    HeaderModules modules;
    const QDir root(QLibraryInfo::path(QLibraryInfo::HeadersPath));
    for (const QString &module : root.entryList({u"Qt*"_s}, QDir::Dirs)) {
        const QDir folder(root.filePath(module));
        for (const QString &header : folder.entryList(QDir::Files)) {
            if (header != module && !modules.contains(header))
                modules.insert(header, module);
        }
    }
    return modules;
}

QList<Source> readSources(const QString &folder)
{
    const QDir root(QStringLiteral(SOURCE_ROOT));
    QList<Source> sources;
    QDirIterator files(root.filePath(folder), {u"*.h"_s, u"*.cpp"_s}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (!file.open(QIODevice::ReadOnly))
            qFatal("cannot read %s", qPrintable(file.fileName()));
        sources.append({root.relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll())});
    }
    return sources;
}

} // namespace

class TestLayering : public QObject {
    Q_OBJECT
private:
    HeaderModules m_modules;

private Q_SLOTS:
    void initTestCase() { m_modules = readHeaderModules(); }
    void init() { allclear::test::failOnWarnings(); }

    void theQtHeadersAreKnown()
    {
        QCOMPARE(m_modules.value(u"QString"_s), u"QtCore"_s);
        QCOMPARE(m_modules.value(u"QWidget"_s), u"QtWidgets"_s);
        QCOMPARE(m_modules.value(u"qwidget.h"_s), u"QtWidgets"_s);
        QCOMPARE(m_modules.value(u"QPainter"_s), u"QtGui"_s);
        QCOMPARE(m_modules.value(u"QChart"_s), u"QtCharts"_s);
        QCOMPARE(m_modules.value(u"QTcpSocket"_s), u"QtNetwork"_s);
    }

    void theTableHasNoCycle()
    {
        const QList<Layer> table = allowTable();
        QHash<QString, QStringList> below;
        for (const Layer &layer : table)
            below.insert(layer.folder, layer.layers);
        for (const Layer &layer : table) {
            QStringList reached = layer.layers;
            for (qsizetype i = 0; i < reached.size(); ++i) {
                QVERIFY2(below.contains(reached[i]), qPrintable(reached[i]));
                for (const QString &further : below.value(reached[i])) {
                    if (!reached.contains(further))
                        reached.append(further);
                }
            }
            QVERIFY2(!reached.contains(layer.folder), qPrintable(layer.folder));
        }
    }

    void noModelSeesTheScreen()
    {
        for (const Layer &layer : allowTable()) {
            if (layer.folder.startsWith(u"widgets/"_s) || layer.folder == u"app/board"_s)
                continue;
            for (const QString &module : {u"QtGui"_s, u"QtWidgets"_s, u"QtCharts"_s, u"QtSvg"_s})
                QVERIFY2(!layer.qtModules.contains(module), qPrintable(layer.folder));
            for (const QString &other : layer.layers)
                QVERIFY2(!other.startsWith(u"widgets/"_s), qPrintable(layer.folder));
        }
    }

    void madeUpFiles_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("complaint"); // a part of the only one; empty: allowed
        const auto row = [](const char *title, const char *path, const char *text, const char *complaint) {
            QTest::newRow(title) << QString::fromLatin1(path) << QString::fromLatin1(text) << QString::fromLatin1(complaint);
        };
        row("core with QtCore and the standard library", "models/core/a.h", "#include <QString>\n#include <QtEndian>\n#include <chrono>\n", "");
        row("its own header", "models/core/a.cpp", "#include \"core/a.h\"\n", "");
        row("a layer below", "models/incident/a.h", "#include \"core/a.h\"\n#include \"conditions/b.h\"\n", "");
        row("moc's output", "models/core/a.cpp", "#include \"a.moc\"\n", "");
        row("an include in a comment", "models/core/a.cpp", "// #include <QWidget>\n", "");
        row("sockets where they belong", "models/probes/a.cpp", "#include <QTcpSocket>\n#include <openssl/ssl.h>\n", "");
        row("widgets in widgets", "widgets/tiles/a.cpp", "#include <QWidget>\n#include \"widgets/theme/palette.h\"\n", "");
        row("the board knows everything", "app/board/a.cpp", "#include \"widgets/shell/a.h\"\n#include \"engine/a.h\"\n", "");

        row("a widget class in a model", "models/items/a.h", "#include <QWidget>\n", "<QWidget> (QtWidgets)");
        row("a widget header in a model", "models/items/a.h", "#include <qapplication.h>\n", "(QtWidgets)");
        row("a qualified widget header in a model", "models/core/a.h", "#include <QtWidgets/QWidget>\n", "(QtWidgets)");
        row("the whole module in a model", "models/core/a.h", "#include <QtWidgets>\n", "(QtWidgets)");
        row("with odd spaces", "models/core/a.h", "  #  include   <QLabel>\n", "(QtWidgets)");
        row("in quotes", "models/core/a.h", "#include \"QLabel\"\n", "(QtWidgets)");
        row("a chart in a model", "models/items/a.h", "#include <QChart>\n", "(QtCharts)");
        row("painting in a model", "models/items/a.h", "#include <QColor>\n", "(QtGui)");
        row("a widget of ours in a model", "models/items/a.h", "#include \"widgets/tiles/grid.h\"\n", "widgets/tiles");
        row("a chart in the tiles", "widgets/tiles/a.h", "#include <QChart>\n", "(QtCharts)");
        row("core includes incident", "models/core/a.h", "#include \"incident/incident.h\"\n", "models/incident");
        row("probes include the incident", "models/probes/a.h", "#include \"incident/incident.h\"\n", "models/incident");
        row("siblings: history includes verdict", "models/history/a.h", "#include \"verdict/judge.h\"\n", "models/verdict");
        row("siblings: tiles include latency", "widgets/tiles/a.h", "#include \"widgets/latency/a.h\"\n", "widgets/latency");
        row("siblings by a path through the root", "models/history/a.h", "#include \"models/verdict/judge.h\"\n", "models/verdict");
        row("upwards: verdict includes engine", "models/verdict/a.h", "#include \"engine/engine.h\"\n", "models/engine");
        row("a model includes the app", "models/core/a.h", "#include \"app/cli/output.h\"\n", "app/cli");
        row("a socket in the verdict", "models/verdict/a.h", "#include <QTcpSocket>\n", "(QtNetwork)");
        row("SQL outside history", "models/items/a.h", "#include <QSqlQuery>\n", "(QtSql)");
        row("YAML outside incident", "models/verdict/a.cpp", "#include <yaml-cpp/yaml.h>\n", "<yaml-cpp/yaml.h>");
        row("OpenSSL in the engine", "models/engine/a.cpp", "#include <openssl/ssl.h>\n", "<openssl/ssl.h>");
        row("HTTP/2 in the engine", "models/engine/a.cpp", "#include <nghttp2/nghttp2.h>\n", "<nghttp2/nghttp2.h>");
        row("the commands include a widget", "app/cli/a.cpp", "#include \"widgets/theme/palette.h\"\n", "widgets/theme");
        row("the board includes a command", "app/board/a.cpp", "#include \"app/cli/output.h\"\n", "app/cli");
        row("the wiring includes a widget", "app/wiring/a.cpp", "#include <QWidget>\n", "(QtWidgets)");
        row("the commands include QtGui", "app/cli/a.cpp", "#include <QGuiApplication>\n", "(QtGui)");
        row("a path up and across", "models/core/a.h", "#include \"../incident/incident.h\"\n", "must be written from the root");
        row("a bare neighbour", "models/core/a.cpp", "#include \"time.h\"\n", "must be written from the root");
        row("an unknown folder", "models/core/a.cpp", "#include \"nowhere/a.h\"\n", "no layer");
        row("a file in no layer", "models/stray/a.cpp", "\n", "belongs to no layer");
        row("private Qt headers", "models/core/a.cpp", "#include <private/qobject_p.h>\n", "<private/qobject_p.h>");
    }
    void madeUpFiles()
    {
        QFETCH(QString, path);
        QFETCH(QString, text);
        QFETCH(QString, complaint);
        const QStringList found = violations({path, text}, allowTable(), m_modules);
        QVERIFY2(found.size() == (complaint.isEmpty() ? 0 : 1), qPrintable(found.join(u'\n')));
        if (!complaint.isEmpty())
            QVERIFY2(found.first().contains(complaint), qPrintable(found.first()));
    }

    void aViolationNamesFileAndLine()
    {
        const QStringList found =
            violations({u"models/core/a.h"_s, u"#pragma once\n\n#include <QLabel>\n"_s}, allowTable(), m_modules);
        QCOMPARE(found, QStringList{u"models/core/a.h:3: models/core must not include <QLabel> (QtWidgets)"_s});
    }

    void everySourceKeepsToTheTable_data()
    {
        QTest::addColumn<QString>("folder");
        for (const QString &folder : {u"models"_s, u"widgets"_s, u"app"_s})
            QTest::newRow(qPrintable(folder)) << folder;
    }
    void everySourceKeepsToTheTable()
    {
        QFETCH(QString, folder);
        const QList<Source> sources = readSources(folder);
        QVERIFY(!sources.isEmpty());
        QStringList found;
        for (const Source &source : sources)
            found += violations(source, allowTable(), m_modules);
        QVERIFY2(found.isEmpty(), qPrintable(u'\n' + found.join(u'\n')));
    }

    void everyFolderIsInTheTable()
    {
        QStringList known;
        for (const Layer &layer : allowTable())
            known.append(layer.folder);
        const QDir root(QStringLiteral(SOURCE_ROOT));
        for (const QString &top : {u"models"_s, u"widgets"_s, u"app"_s}) {
            for (const QString &folder : QDir(root.filePath(top)).entryList(QDir::Dirs | QDir::NoDotAndDotDot))
                QVERIFY2(known.contains(top + u'/' + folder), qPrintable(top + u'/' + folder));
        }
    }
};

QTEST_GUILESS_MAIN(TestLayering)
#include "tst_layering.moc"
