// Issues that went through hands and machines: thousands of damaged ones, always the same. None crashes, takes long or
// makes a file that the reader refuses.
#include "support/testmain.h"

#include "importer/importer.h"
#include "importer/issuemarkdown.h"

#include "incident/reader.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QRandomGenerator>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace
{

const QList<QByteArray> &samples()
{
    static const QList<QByteArray> all = [] {
        QList<QByteArray> texts;
        const QDir folder(QStringLiteral(FIXTURES "/issues"));
        for (const QString &name : folder.entryList({u"*.md"_s}, QDir::Files, QDir::Name)) {
            QFile file(folder.filePath(name));
            if (file.open(QIODevice::ReadOnly))
                texts.append(file.readAll());
        }
        return texts;
    }();
    return all;
}

constexpr std::array pieces{"```",
                            "~~~",
                            "# ",
                            "\n",
                            "\r",
                            "- [ ] ",
                            "- [x] ",
                            "| a | b |\n|---|---|\n",
                            "**",
                            "`",
                            "<!--",
                            "-->",
                            "<details>",
                            "${",
                            "$$",
                            "\"",
                            "'",
                            "\\",
                            ": ",
                            "[",
                            "](",
                            "\t",
                            "\xf0\x9f\x9a\xa8",
                            "\xef\xa3\xbf",
                            "\xff",
                            "\x00x",
                            "> ",
                            "---\n",
                            "1. ",
                            "https://",
                            "redis://",
                            ":6379",
                            "P0",
                            "Why 1: ",
                            "#= ",
                            "\xe2\x80\xa8",
                            "{",
                            "}",
                            "&",
                            "*",
                            "!",
                            "%",
                            "@",
                            "0x",
                            "999999999999",
                            "curl ",
                            "cd /tmp && rm -rf x\n"};

QByteArray mutated(QByteArray text, QRandomGenerator &random)
{
    const int changes = random.bounded(1, 12);
    for (int i = 0; i < changes && !text.isEmpty(); ++i) {
        const qsizetype at = random.bounded(static_cast<int>(text.size()));
        const qsizetype length = std::min<qsizetype>(random.bounded(1, 60), text.size() - at);
        switch (random.bounded(6)) {
        case 0: text.remove(at, length); break;
        case 1:
            text.insert(at, pieces[static_cast<std::size_t>(random.bounded(static_cast<int>(pieces.size())))]);
            break;
        case 2: text[at] = static_cast<char>(random.bounded(256)); break;
        case 3: text.insert(at, text.sliced(at, length)); break;
        case 4: {
            const QByteArray &other = samples()[random.bounded(static_cast<int>(samples().size()))];
            const qsizetype from = random.bounded(static_cast<int>(other.size()));
            text.insert(at, other.sliced(from, std::min<qsizetype>(400, other.size() - from)));
            break;
        }
        default: text.truncate(at); break;
        }
    }
    return text;
}

QString faultOf(const QByteArray &text)
{
    QElapsedTimer timer;
    timer.start();
    const Import import = importIssue(text, {.sourceName = {}, .incident = 1, .existing = {}});
    if (timer.elapsed() > 1000)
        return u"took %1 ms"_s.arg(timer.elapsed());
    if (!import.error) {
        const ReadResult read =
            readIncident(import.yaml, {.variables = {}, .useEnvironment = false, .directory = u"/"_s});
        if (!read.incident)
            return u"made a file that the reader refuses"_s;
        if (issueMarkdown(text, *read.incident, Verdict{}, TimePoint{}) != text)
            return u"came back changed without a verdict"_s;
        return {};
    }
    return import.error->message.contains(u"cannot be used"_s) ? import.error->message : QString();
}

} // namespace

class TestImporterMutations : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void init() { test::failOnWarnings(); }

    void damagedIssues_data()
    {
        QTest::addColumn<int>("seed");
        for (int seed = 1; seed <= 10; ++seed)
            QTest::addRow("seed %d", seed) << seed;
    }

    void damagedIssues()
    {
        QFETCH(int, seed);
        QRandomGenerator random(static_cast<quint32>(seed));
        constexpr int rounds = 200;
        for (int i = 0; i < rounds; ++i) {
            const QByteArray text = mutated(samples()[random.bounded(static_cast<int>(samples().size()))], random);
            const QString fault = faultOf(text);
            QVERIFY2(fault.isEmpty(),
                     qPrintable(u"%1 in round %2:\n%3"_s.arg(fault).arg(i).arg(QString::fromUtf8(text))));
        }
    }

    void patience_data()
    {
        QTest::addColumn<QByteArray>("text");
        constexpr qsizetype size = 100'000;
        const auto row = [](const char *name, const QByteArray &piece) {
            QTest::newRow(name) << piece.repeated(size / piece.size());
        };
        row("quotes in quotes", "> ");
        row("lists in lists", "- ");
        row("open brackets", "[");
        row("open links", "[a](");
        row("stars", "*a **b ");
        row("backticks", "`a``b");
        row("table cells", "|a");
        row("entities", "&amp;");
        row("headings", "# a\n");
        row("criteria", "# Success Criteria\n- [ ] a\n");
        row("incidents", "# Issue 1: a\n## Impact\nb\n## Success Criteria\n- [ ] c\n");
        row("fences", "```markdown\n# a\n```\n");
        row("addresses", "https://a.io/health ");
        row("host and port", "1.2.3.4:6379 ");
        row("commands", "```bash\ncurl https://a.io/x\n```\n");
        row("whys", "1. Why? because\n");
        row("labels", "**Impact:** a\n");
        row("comments", "<!-- ");
        row("tags", "<a b='");
        row("money", "$1");
        row("digits", "1");
        row("amounts", "$1,");
        row("open links, a line each", "[a](\n");
        row("stars, a line each", "*a **b\n");
        row("open brackets, a line each", "[\n");
        row("one long word", "a");
        row("dots", "a.");
        row("slashes", "a/");
        row("mojibake", "\xe2\x80\x9a\xc3\x9c\xc3\xad ");
    }

    void patience()
    {
        QFETCH(QByteArray, text);
        QElapsedTimer timer;
        timer.start();
        const Import import = importIssue(text, {.sourceName = {}, .incident = 1, .existing = {}});
        QVERIFY2(timer.elapsed() < 5000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
        QVERIFY2(!import.error || !import.error->message.contains(u"cannot be used"_s),
                 qPrintable(import.error ? import.error->message : QString()));
    }
};

QTEST_APPLESS_MAIN(TestImporterMutations)
#include "tst_importer_mutations.moc"
