// Accepts TLS connections on 127.0.0.1 and hands each to an HttpListener once its handshake is done. The chain that
// is sent can change between connections: complete, or without the intermediate.
#pragma once

#include "rehearsal/certificates.h"
#include "rehearsal/story.h"

#include <QSslConfiguration>
#include <QTcpServer>

namespace allclear::rehearsal {

class HttpListener;

class TlsListener : public QTcpServer {
    Q_OBJECT
public:
    /// `http` serves what was said inside TLS; it must outlive this.
    TlsListener(const Certificates &certificates, HttpListener &http, QObject *parent = nullptr);

    bool listenLocally(); ///< 127.0.0.1, port 0
    void send(ChainState chain); ///< from the next connection on

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    HttpListener &m_http;
    QSslConfiguration m_complete, m_incomplete;
    ChainState m_chain = ChainState::Complete;
};

} // namespace allclear::rehearsal
