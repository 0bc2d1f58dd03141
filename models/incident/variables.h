// ${NAME} in scalar values. Replacement happens after YAML is parsed, so a value can never add structure to the file.
#pragma once

#include "incident/reader.h"

namespace allclear::reading {

/// Gatus also replaces $NAME; our own blocks do not, since a shell command may hold one.
enum class Dollar { BracesOnly, AlsoBare };

struct Expanded {
    QString text; ///< names that are not set stay as written: ${NAME}
    QStringList undefined;
    QList<int> origin; ///< index in the source per character of `text`; empty: nothing was replaced
    bool tooLong = false;
};

/// The options win over the environment, which wins over the file's `variables` block. `$$` is a dollar sign.
class Variables {
public:
    explicit Variables(const ReadOptions &options) : m_given(options.variables), m_environment(options.useEnvironment) {}

    void define(const QString &name, const QString &value) { m_block.insert(name, value); }
    std::optional<QString> value(const QString &name) const;
    Expanded expand(const QString &source, Dollar dollar);

    static bool isName(QStringView text);
    /// Values that must not be shown: of secret-named variables that the file defines, was given, or uses.
    QStringList secretValues() const;

private:
    struct Reference {
        QString name;
        qsizetype length = 0;
    };
    static Reference referenceAt(QStringView text, qsizetype at, Dollar dollar);

    QMap<QString, QString> m_given;
    QMap<QString, QString> m_block;
    QMap<QString, QString> m_used;
    bool m_environment = true;
    qsizetype m_grown = 0;
};

} // namespace allclear::reading
