// One HTTP/1.1 connection of an HttpListener: a request at a time, in order. Deletes itself when the peer leaves.
#pragma once

#include "rehearsal/httplistener.h"

namespace allclear::rehearsal {

class HttpConnection : public QObject {
    Q_OBJECT
public:
    HttpConnection(std::unique_ptr<QTcpSocket> socket, std::shared_ptr<const Clock> clock, HttpHandler handler,
                   QObject *parent);
    ~HttpConnection() override;

private:
    void readRequests();
    bool readOne(); ///< false: needs more bytes, or the connection is busy or ending
    std::optional<qsizetype> bodyLength();
    void refuse(int status, const QByteArray &text);
    void answerLater(const HttpReply &reply);
    void answer(const HttpReply &reply);
    void handOver(const HttpReply &reply);
    QByteArray head(const HttpReply &reply, bool keepAlive) const;
    bool keepsAlive(const HttpReply &reply) const;

    enum class Stage { Head, Body, Answering, Ending };

    std::unique_ptr<QTcpSocket> m_socket;
    std::shared_ptr<const Clock> m_clock;
    HttpHandler m_handler;
    QByteArray m_buffer;
    HttpRequest m_request;
    qsizetype m_bodyLength = 0;
    Stage m_stage = Stage::Head;
};

} // namespace allclear::rehearsal
