// What a heading or a label of an issue announces, by the words that issues use. Pure.
#pragma once

#include <QString>

namespace allclear::issue
{

enum class Topic {
    None,
    Title,
    Severity,
    Labels,
    Impact,
    Summary,
    Current,
    Expected,
    Evidence,
    Whys,
    RootCause,
    Components,
    Endpoints,
    Actions,
    Solution, ///< actions when nothing else announces any
    Prevention,
    Validation,
    Criteria,
    Metrics, ///< criteria when nothing else announces any
    Checklist, ///< and after Metrics
    Related,
    Timeline,
    HowTo, ///< how to file this very text: nothing in it belongs to the incident
};

/// Of a heading; `heading` is clean (words.h).
Topic topicOf(const QString &heading);
/// Of a label: the same, but only when the label is little more than the announcement.
Topic topicOfLabel(const QString &label);

/// Its list items are entries of the incident.
bool isList(Topic topic);

} // namespace allclear::issue
