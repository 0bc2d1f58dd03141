// A table of faults: servers that break the rules, what the real `allclear check` must say of each, all of them as the
// endpoints of one incident file, so that they are probed at the same time by one process.
#pragma once

#include "support/dialogueserver.h"
#include "support/faultserver.h"
#include "support/pki.h"
#include "support/runcli.h"
#include "support/tlsserver.h"

#include <QJsonArray>
#include <QJsonObject>

#include <memory>
#include <vector>

namespace allclear::test
{

/// What the report says of one endpoint.
struct FaultRow {
    QString name;
    QString url;
    QStringList kinds; ///< of the failure, any of them; empty: it passes
    QString phase; ///< empty: not looked at
    std::optional<int> status = {}; ///< 0: there is none
    QString code = {};
    QString verdict = {}; ///< tls.chain_verdict
    QString says = {}; ///< part of the failure's message
    QStringList conditions = {};
    QString client = {}; ///< further keys of `client`, in YAML's flow style
    QString more = {}; ///< further keys of the endpoint
};

/// The four ways to leave a talk in the middle.
struct Stage {
    QString name;
    QByteArray bytes; ///< said so far
    QByteArray tail; ///< what would come next
    QString waiting; ///< the phase in which silence is noticed
};

enum class Wrapped { Plain, Tls };

class FaultTable
{
public:
    FaultTable();

    /// `kind`: of the failure, "a|b" when either is right; empty when it passes.
    FaultRow &add(const QString &name, const QString &url, const QString &kind, const QString &phase = {});
    /// A server that lives as long as the table.
    template <typename Server, typename... Arguments> Server &serve(Arguments &&...arguments)
    {
        auto server = std::make_shared<Server>(std::forward<Arguments>(arguments)...);
        m_servers.push_back(server);
        return *server;
    }

    void setConditions(const QStringList &conditions) { m_conditions = conditions; } ///< of rows from now on
    FaultRow &last() { return m_rows.last(); }

    /// Signed by the intermediate; for 127.0.0.1 unless told otherwise.
    Identity leaf(IdentityOptions options = {}) const;
    const Identity &root() const { return m_root; }
    const Identity &intermediate() const { return m_intermediate; }
    /// A chain that every row trusts, for servers of Qt.
    const QSslConfiguration &tls() const { return m_tls; }

    /// Runs `allclear check --format json` on all rows and compares. Empty when all is as it must be.
    QString differences() const;

private:
    QByteArray incident(const QString &caFile) const;

    Identity m_root, m_intermediate;
    QSslConfiguration m_tls;
    QStringList m_conditions;
    QList<FaultRow> m_rows;
    std::vector<std::shared_ptr<void>> m_servers;
};

/// Every chain verdict but ok, by `url(port)`; `talk` is what comes before TLS.
void addChainVerdicts(FaultTable &table, const QString &scheme, const QString &path = {}, const QList<Turn> &talk = {});

/// Blocks of deflate that hold a MiB of zeros each: put one behind another, they are a bomb of any size.
QByteArray gzipBomb(int mebibytes);

} // namespace allclear::test
