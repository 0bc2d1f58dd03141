#include "app/cli/commands.h"
#include "app/wiring/interrupt.h"
#include "app/cli/output.h"
#include "app/wiring/session.h"
#include "app/wiring/stage.h"

#include "incident/reader.h"

#include <QCoreApplication>

namespace allclear {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration patience = 40min; ///< of rehearsal time

QString suspectText(const QList<Suspect> &suspects)
{
    QStringList texts;
    for (const Suspect &suspect : suspects)
        texts.append(u"%1 (explains %2)"_s.arg(suspect.component).arg(suspect.explains.size()));
    return texts.isEmpty() ? u"none"_s : texts.join(u", "_s);
}

/// Prints what changes from frame to frame, and ends the event loop when the story is over.
class Narrator : public QObject {
public:
    Narrator(const Output &output, std::shared_ptr<const Clock> clock, IncidentPtr incident)
        : m_output(output), m_clock(std::move(clock)), m_incident(std::move(incident)), m_began(m_clock->now())
    {
    }

    void enterChapter(Chapter chapter, const QString &sentence)
    {
        say(u"chapter: %1. %2"_s.arg(name(chapter), sentence));
        m_recovered = chapter == Chapter::Recovered;
    }

    void show(const FramePtr &frame)
    {
        const Verdict &verdict = *frame->verdict;
        for (const ComponentStatus &component : verdict.components)
            showComponent(component, verdict);
        showSuspects(suspectText(verdict.suspects));
        for (const CriterionStatus &criterion : verdict.criteria)
            showCriterion(criterion);
        showOverall(verdict);
        if (m_recovered && verdict.overall == Overall::Clear)
            end(u"ALL CLEAR after %1: %2 of %3 criteria held on fresh evidence"_s.arg(elapsed())
                    .arg(verdict.criteriaMet()).arg(verdict.criteria.size()), 0);
        else if (m_clock->now() - m_began > patience)
            end(u"NOT CLEAR after %1: gave up"_s.arg(elapsed()), 1);
    }

private:
    void say(const QString &text)
    {
        if (!m_output.result(u"T+%1  %2"_s.arg(elapsed(), text)))
            end({}, 1);
    }

    void showComponent(const ComponentStatus &component, const Verdict &verdict)
    {
        const auto before = m_states.constFind(component.name);
        if (before != m_states.constEnd() && *before == component.state)
            return;
        QString line = u"%1: %2"_s.arg(component.name, m_output.word(component.state));
        if (!component.waitsOn.isEmpty())
            line += u", waits on %1"_s.arg(component.waitsOn);
        if (component.state == State::Down)
            line += reason(component.worst, verdict);
        m_states.insert(component.name, component.state);
        say(line);
    }

    static QString reason(const EndpointKey &key, const Verdict &verdict)
    {
        const auto worst = std::ranges::find(verdict.endpoints, key, &EndpointStatus::key);
        if (worst == verdict.endpoints.end() || !worst->latest || !worst->latest->failure)
            return {};
        return u" – %1"_s.arg(worst->latest->failure->message);
    }

    void showSuspects(const QString &suspects)
    {
        if (suspects == m_suspects)
            return;
        m_suspects = suspects;
        say(u"suspect: %1"_s.arg(suspects));
    }

    void showCriterion(const CriterionStatus &criterion)
    {
        const auto before = m_criteria.constFind(criterion.title);
        if (before != m_criteria.constEnd() && *before == criterion.state)
            return;
        m_criteria.insert(criterion.title, criterion.state);
        say(u"criterion: %1: %2"_s.arg(criterion.title, name(criterion.state)));
    }

    void showOverall(const Verdict &verdict)
    {
        if (m_overall == verdict.overall)
            return;
        m_overall = verdict.overall;
        say(verdictLine(verdict, *m_incident, m_output.colour()));
    }

    void end(const QString &text, int code)
    {
        if (m_ended)
            return;
        m_ended = true;
        if (!text.isEmpty())
            m_output.result(text);
        QCoreApplication::exit(code);
    }

    QString elapsed() const { return elapsedText(m_clock->now() - m_began); }

    const Output &m_output;
    std::shared_ptr<const Clock> m_clock;
    IncidentPtr m_incident;
    TimePoint m_began;
    QHash<QString, State> m_states;
    QHash<QString, CriterionState> m_criteria;
    QString m_suspects = u"none"_s;
    std::optional<Overall> m_overall;
    bool m_recovered = false;
    bool m_ended = false;
};

int rehearseHeadless(const Invocation &invocation)
{
    const Output output(invocation);
    const Interrupt interrupt;
    const auto clock = std::make_shared<ScaledClock>(
        invocation.speed, std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()));
    Stage stage(clock);
    const Result<QMap<QString, QString>> opened = stage.open();
    if (!opened) {
        output.error(u"The rehearsal cannot begin: %1. %2"_s.arg(opened.error().message, opened.error().hint));
        return 3;
    }
    ReadOptions options{.variables = *opened, .useEnvironment = false, .directory = {}};
    options.variables.insert(u"DECLARED"_s, toIso(clock->now()));
    const ReadResult read = readIncident(rehearsalIncident(), options, u"rehearsal.yaml"_s);
    output.diagnostics(read.diagnostics, u"rehearsal.yaml"_s);
    if (!read.incident)
        return 3;

    Session session(clock, Mode::OverTime, Session::Home::OwnThread);
    Narrator narrator(output, clock, read.incident);
    QObject::connect(&interrupt, &Interrupt::requested, &narrator, [] { QCoreApplication::exit(1); });
    QObject::connect(stage.staging(), &Staging::entered, &narrator, &Narrator::enterChapter);
    QObject::connect(session.desk(), &Desk::framed, &narrator, &Narrator::show);
    session.take(read.incident);
    session.start();
    stage.play();
    return QCoreApplication::exec();
}

} // namespace

int runRehearse(const Invocation &invocation)
{
    return invocation.headless ? rehearseHeadless(invocation) : runBoard(invocation);
}

} // namespace allclear
