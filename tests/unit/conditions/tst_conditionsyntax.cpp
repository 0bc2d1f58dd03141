// Every syntax error is found at parse, with its column; what Gatus takes as text is still taken.
#include "conditions/condition.h"
#include "support/testmain.h"

using namespace Qt::StringLiterals;
using namespace allclear;

class TestConditionSyntax : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { test::failOnWarnings(); }
    void refuses_data();
    void refuses();
    void accepts_data();
    void accepts();
    void onlyWindowedFunctionsAreWindowed();
    void keepsItsText();
};

void TestConditionSyntax::refuses_data()
{
    QTest::addColumn<QString>("condition");
    QTest::addColumn<int>("column");
    QTest::addColumn<QString>("message");
    QTest::addColumn<QString>("suggestion"); // a part of it
    const auto row = [](const char *name, const QString &condition, int column, const QString &message, const QString &suggestion = {}) {
        QTest::newRow(name) << condition << column << message << suggestion;
    };
    row("nothing", u""_s, 1, u"the condition is empty"_s);
    row("only spaces", u"   "_s, 1, u"the condition is empty"_s);
    row("no spaces round ==", u"[STATUS]==200"_s, 9, u"spaces are required round `==`"_s);
    row("no space after ==", u"[STATUS] ==200"_s, 10, u"spaces are required round `==`"_s);
    row("no space before <", u"[RESPONSE_TIME]< 500"_s, 16, u"spaces are required round `<`"_s);
    row("no spaces round >=", u"[RESPONSE_TIME]>=500"_s, 16, u"spaces are required round `>=`"_s);
    row("one equals sign", u"[STATUS] = 200"_s, 10, u"unknown operator `=`"_s, u"did you mean `==`?"_s);
    row("two equals signs apart", u"[STATUS] = = 201"_s, 10, u"unknown operator `=`"_s, u"did you mean `==`?"_s);
    row("three equals signs", u"[STATUS] === 200"_s, 10, u"unknown operator `===`"_s, u"did you mean `==`?"_s);
    row("=>", u"[STATUS] => 200"_s, 10, u"unknown operator `=>`"_s, u"did you mean `>=`?"_s);
    row("no operator", u"[STATUS]"_s, 9, u"a condition needs an operator: == != <= >= < or >, with spaces round it"_s);
    row("a question mark", u"[STATUS] ? 201"_s, 15, u"a condition needs an operator: == != <= >= < or >, with spaces round it"_s);
    row("nothing on the right", u"[STATUS] =="_s, 12, u"there is nothing on the right of `==`"_s);
    row("only spaces on the right", u"[STATUS] ==  "_s, 12, u"there is nothing on the right of `==`"_s);
    row("nothing on the left", u"== 200"_s, 1, u"there is nothing on the left of `==`"_s);
    row("a second operator", u"[STATUS] == 200 == true"_s, 17, u"a condition has one operator; this is the second `==`"_s);
    row("two conditions in one", u"[STATUS] == 200 && [BODY].a == b"_s, 29, u"a condition has one operator; this is the second `==`"_s, u"two conditions"_s);
    row("a misspelt placeholder", u"[STATSU] == 200"_s, 1, u"unknown placeholder `[STATSU]`"_s, u"did you mean `[STATUS]`?"_s);
    row("brackets with a path behind them", u"[BO/Y].a == 1"_s, 1, u"unknown placeholder `[BO/Y]`"_s, u"did you mean `[BODY]`?"_s);
    row("a misspelt placeholder on the right", u"200 == [STAUS]"_s, 8, u"unknown placeholder `[STAUS]`"_s, u"did you mean `[STATUS]`?"_s);
    row("a misspelt placeholder in lower case", u"[statsu] == 200"_s, 1, u"unknown placeholder `[statsu]`"_s, u"did you mean `[STATUS]`?"_s);
    row("a misspelt placeholder with a path", u"[BDOY].a == 1"_s, 1, u"unknown placeholder `[BDOY]`"_s, u"did you mean `[BODY]`?"_s);
    row("a hyphen for an underscore", u"[RESPONSE-TIME] < 5"_s, 1, u"unknown placeholder `[RESPONSE-TIME]`"_s, u"did you mean `[RESPONSE_TIME]`?"_s);
    row("[LABELS] without a name", u"[LABELS] == x"_s, 9, u"`[LABELS]` needs the name of a label"_s, u"for example `[LABELS].job`"_s);
    row("text after [VALUE]", u"[VALUE].x == 1"_s, 8, u"unexpected text after `[VALUE]`, which has no parts"_s);
    row("a misspelt [SERIES]", u"len([SERIE]) == 1"_s, 5, u"unknown placeholder `[SERIE]`"_s, u"did you mean `[SERIES]`?"_s);
    row("an unknown placeholder", u"[TEMPERATURE] < 5"_s, 1, u"unknown placeholder `[TEMPERATURE]`"_s);
    row("a misspelt placeholder in len()", u"len([BODDY].a) == 5"_s, 5, u"unknown placeholder `[BODDY]`"_s, u"did you mean `[BODY]`?"_s);
    row("a placeholder without brackets", u"STATUS == 200"_s, 1, u"`STATUS` is only a text here"_s, u"did you mean `[STATUS]`?"_s);
    row("spaces inside the brackets", u"[ STATUS ] == 200"_s, 2, u"no spaces go inside the brackets"_s, u"write `[STATUS]`"_s);
    row("an open bracket", u"[STATUS == 200"_s, 1, u"`[` is not closed"_s, u"write `[STATUS]`"_s);
    row("a bracket that was not opened", u"STATUS] == 200"_s, 7, u"`]` has no `[` before it"_s, u"write `[STATUS]`"_s);
    row("an open bracket in a path", u"[BODY].items[0 == 1"_s, 13, u"`[` is not closed"_s);
    row("a closing bracket in a path", u"[BODY].items0] == 1"_s, 14, u"`]` has no `[` before it"_s);
    row("an index that is no number", u"[BODY].items[first] == 1"_s, 14, u"`first` is no index: write a number from 0 between `[` and `]`"_s, u".first"_s);
    row("a negative index", u"[BODY].items[-1] == 1"_s, 14, u"`-1` is no index: write a number from 0 between `[` and `]`"_s);
    row("an enormous index", u"[BODY][99999999999999999999] == 1"_s, 8, u"`99999999999999999999` is no index: write a number from 0 between `[` and `]`"_s);
    row("no index", u"[BODY].items[] == 1"_s, 14, u"`` is no index: write a number from 0 between `[` and `]`"_s);
    row("a name missing at the end", u"[BODY].a. == 1"_s, 9, u"a name is missing after `.`"_s);
    row("a name missing in the middle", u"[BODY].a..b == 1"_s, 9, u"a name is missing after `.`"_s);
    row("a dot missing after an index", u"[BODY][0]id == 1"_s, 10, u"unexpected text after `]`"_s);
    row("a dot missing after the placeholder", u"[BODY]status == 1"_s, 7, u"unexpected text after `[BODY]`"_s);
    row("a part of what has no parts", u"[STATUS].code == 200"_s, 9, u"unexpected text after `[STATUS]`, which has no parts"_s);
    row("no spaces before another operator", u"[STATUS]==200 != 3"_s, 9, u"unexpected text after `[STATUS]`, which has no parts"_s);
    row("a header without a name", u"[HEADER] == x"_s, 9, u"`[HEADER]` needs the name of a header"_s);
    row("a header with a space", u"[HEADER].Retry After == 5"_s, 15, u"` ` cannot stand in the name of a header"_s);
    row("a context without a name", u"[CONTEXT] == x"_s, 10, u"`[CONTEXT]` needs the name of a stored value"_s);
    row("a phase without a name", u"[PHASE] < 5"_s, 8, u"`[PHASE]` needs one of .dns .connect .tls .send .wait .receive"_s);
    row("a misspelt phase", u"[PHASE].wiat < 5"_s, 8, u"`[PHASE]` needs one of .dns .connect .tls .send .wait .receive"_s, u"[PHASE].wait"_s);
    row("a phase that is not measured", u"[PHASE].conversation < 5"_s, 8, u"`[PHASE]` needs one of .dns .connect .tls .send .wait .receive"_s);
    row("an unknown function", u"size([BODY].a) == 5"_s, 1, u"unknown function `size()`"_s);
    row("a misspelt function", u"lenn([BODY].a) == 5"_s, 1, u"unknown function `lenn()`"_s, u"did you mean `len(`?"_s);
    row("a function in upper case", u"LEN([BODY].a) == 5"_s, 1, u"unknown function `LEN()`"_s, u"did you mean `len(`?"_s);
    row("a misspelt function on the right", u"[IP] == pta(10.*)"_s, 9, u"unknown function `pta()`"_s, u"did you mean `pat(`?"_s);
    row("a function of later versions of Gatus", u"age([BODY].t) < 10m"_s, 1, u"unknown function `age()`"_s);
    row("an open function", u"len([BODY].users == 100"_s, 4, u"`len(` is not closed"_s);
    row("an open pattern", u"[BODY] == pat(*a"_s, 14, u"`pat(` is not closed"_s);
    row("len() of a text", u"len(abc) == 3"_s, 5, u"len() needs a placeholder"_s);
    row("has() of nothing", u"has() == true"_s, 5, u"has() needs a placeholder"_s);
    row("has() of a text", u"has(errors) == true"_s, 5, u"has() needs a placeholder"_s, u"has([BODY].items)"_s);
    row("any() of nothing", u"[STATUS] == any()"_s, 17, u"any() needs at least one value"_s);
    row("any() of a placeholder", u"[STATUS] == any(200, [BODY].code)"_s, 22, u"any() takes plain values, not `[BODY].code`"_s);
    row("any() of a pattern", u"[STATUS] == any(pat(2*), 304)"_s, 17, u"any() takes plain values, not `pat(2*)`"_s);
    row("a pattern with an open class", u"[BODY] == pat(*[abc*)"_s, 16, u"pat(): `[` opens a class of characters here that is not complete"_s, u"put `\\`"_s);
    row("a pattern that ends in a backslash", u"[BODY] == pat(a\\)"_s, 16, u"pat(): `\\` stands before nothing"_s);
    row("a pattern that is ordered", u"[STATUS] < pat(4*)"_s, 12, u"pat() works with == and != only"_s);
    row("any that is ordered", u"any(1, 2) >= [STATUS]"_s, 1, u"any() works with == and != only"_s);
    row("an expression that is ordered", u"[BODY] > matches(/a/)"_s, 10, u"matches() works with == and != only"_s);
    row("patterns on both sides", u"pat(a) == pat(b)"_s, 11, u"only one side can be pat(): the other is what it judges"_s);
    row("an expression without slashes", u"[BODY] == matches(abc)"_s, 19, u"matches() needs a regular expression between slashes"_s);
    row("an empty expression", u"[BODY] == matches(//)"_s, 19, u"the regular expression is empty"_s);
    row("a bad expression", u"[BODY] == matches(/a(b/)"_s, 23, u"the regular expression is not valid: missing closing parenthesis"_s);
    row("an unknown flag", u"[BODY] == matches(/a/g)"_s, 22, u"unknown flag `g`"_s, u"`i`"_s);
    row("a window of something else", u"p95([STATUS]) < 5"_s, 5, u"p95() is of [RESPONSE_TIME] only"_s, u"p95([RESPONSE_TIME])"_s);
    row("a window of a path", u"max([BODY].latency) < 5"_s, 5, u"max() is of [RESPONSE_TIME] only"_s);
    row("a window of nothing", u"mean() < 5"_s, 6, u"mean() is of [RESPONSE_TIME] only"_s);
    row("a window against a placeholder", u"p95([RESPONSE_TIME]) < [STATUS]"_s, 24, u"p95() compares with a number or a duration"_s);
    row("a window against a pattern", u"p95([RESPONSE_TIME]) == pat(4*)"_s, 25, u"p95() compares with a number or a duration"_s);
    row("a long pattern", u"[BODY] == pat("_s + QString(1001, u'a') + u')', 15, u"the pattern is longer than 1000 characters"_s);
    row("a long expression", u"[BODY] == matches(/"_s + QString(1001, u'a') + u"/)"_s, 19, u"the regular expression is longer than 1000 characters"_s);
}

void TestConditionSyntax::refuses()
{
    QFETCH(QString, condition);
    QFETCH(int, column);
    QFETCH(QString, message);
    QFETCH(QString, suggestion);
    const auto parsed = Condition::parse(condition);
    QVERIFY2(std::holds_alternative<ConditionError>(parsed), "parsed although it should not");
    const auto &error = std::get<ConditionError>(parsed);
    QCOMPARE(error.message, message);
    QCOMPARE(error.column, column);
    QVERIFY2(error.suggestion.contains(suggestion), qPrintable(error.suggestion));
}

void TestConditionSyntax::accepts_data()
{
    QTest::addColumn<QString>("condition");
    const auto row = [](const char *condition) { QTest::newRow(condition) << QString::fromUtf8(condition); };
    row("[STATUS] == any(200, 201, 202, 203)");
    row("[STATUS] == [BODY].status");
    row("[IP] == 127.0.0.1");
    row("[BODY].users[0].id == 1");
    row("has([BODY].users[0].name) == true");
    row("len( [BODY].users ) == 100");
    row("[DOMAIN_EXPIRATION] > 720h");
    row("raw == raw");
    row("[BODY] == pat(*{\"a\":[1]}*)");
    row("[BODY] == pat(*:)*)");
    row("[BODY] == pat((*))");
    row("[BODY] == pat()");
    row("[BODY] == {\"a\":[1,2]}");
    row("[BODY] == [1,2");
    row("[BODY] == [node]");
    row("[BODY].tags == [hello world]");
    row("[BODY].status == OK(1)");
    row("[BODY].status == (none)");
    row("[BODY].status == f(x");
    row("[BODY].a.b-c.d_e == \xC3\xA9");
    row("[BODY].url == https://x.example/?a==b&c<=d");
    row("[BODY].math == 1 < 2");
    row("[RESPONSE_TIME] < potato");
    row("[HEADER].X-Rate_Limit.1 == 5");
    row("[MESSAGE] != x");
    row("[PHASE].receive < 100ms");
    row("[BODY] == matches(/a|b/i)");
    row("[BODY].x == any(a, , b)");
    row("[BODY].state == STATUS");
}

void TestConditionSyntax::accepts()
{
    QFETCH(QString, condition);
    const auto parsed = Condition::parse(condition);
    if (const auto *error = std::get_if<ConditionError>(&parsed))
        QFAIL(qPrintable(u"column %1: %2"_s.arg(error->column).arg(error->message)));
}

void TestConditionSyntax::onlyWindowedFunctionsAreWindowed()
{
    QVERIFY(!std::get<Condition>(Condition::parse(u"[RESPONSE_TIME] < 2000"_s)).isWindowed());
    QVERIFY(std::get<Condition>(Condition::parse(u"p50([response_time]) < 2000"_s)).isWindowed());
    QVERIFY(std::get<Condition>(Condition::parse(u"2s > mean([RESPONSE_TIME])"_s)).isWindowed());
}

void TestConditionSyntax::keepsItsText()
{
    QCOMPARE(std::get<Condition>(Condition::parse(u" [STATUS]  ==  200 "_s)).text(), u" [STATUS]  ==  200 "_s);
}

QTEST_GUILESS_MAIN(TestConditionSyntax)
#include "tst_conditionsyntax.moc"
