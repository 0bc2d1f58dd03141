// An incident file that is read again whenever it changes, also by editors that replace it.
#pragma once

#include "incident/reader.h"

#include <QFileSystemWatcher>
#include <QObject>
#include <QTimer>

namespace allclear {

class LiveFile : public QObject {
    Q_OBJECT
public:
    explicit LiveFile(const QString &path, QObject *parent = nullptr);

    /// Reads it now; later contents are told by changed().
    ReadResult read();

Q_SIGNALS:
    /// The contents differ from those read before; without an incident the old one is to stay.
    void changed(const allclear::ReadResult &result);

private:
    void watch();
    void look();
    QByteArray digest() const;

    QString m_path;
    QFileSystemWatcher m_watcher;
    QTimer m_settle; ///< editors write in several steps
    QByteArray m_digest;
};

} // namespace allclear
