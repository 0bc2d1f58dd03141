// The window: options, look, wiring, nothing else.
#include "app/board/options.h"
#include "app/board/room.h"
#include "app/board/shots.h"
#include "app/wiring/interrupt.h"
#include "widgets/shell/boardwindow.h"

#include <QApplication>
#include <QFileInfo>
#include <QSettings>

#include <csignal>
#include <cstdio>

using namespace allclear;
using namespace Qt::StringLiterals;

namespace {

constexpr double shotSpeed = 40; ///< a rehearsal for screenshots takes half a minute

bool hasDisplay()
{
    return !qEnvironmentVariableIsEmpty("DISPLAY") || !qEnvironmentVariableIsEmpty("WAYLAND_DISPLAY")
        || !qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM");
}

void holdBackSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

/// Says when the window is painted for the first time, and ends the program.
class FirstFrame : public QObject {
public:
    using QObject::QObject;
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint) {
            std::puts("first frame");
            QCoreApplication::quit();
        }
        return false;
    }
};

QStringList words(int count, char **values)
{
    QStringList list;
    for (int i = 0; i < count; ++i)
        list.append(QString::fromLocal8Bit(values[i]));
    return list;
}

std::shared_ptr<const Clock> clockFor(const BoardOptions &options)
{
    if (options.rehearse)
        return std::make_shared<ScaledClock>(options.speed, SystemClock().now());
    return std::make_shared<SystemClock>();
}

} // namespace

int main(int argc, char **argv)
{
    int status = 0;
    std::optional<BoardOptions> options = readOptions(words(argc, argv), status);
    if (!options)
        return status;
    if (!hasDisplay()) {
        std::fputs("allclear-board: there is no display (DISPLAY and WAYLAND_DISPLAY are not set).\n"
                   "Without one, use `allclear check FILE` or `allclear rehearse --headless`.\n", stderr);
        return 2;
    }
    holdBackSignals(); // before the platform's threads start; Interrupt then reads them in the event loop
    QApplication application(argc, argv);
    const Interrupt interrupt;
    QObject::connect(&interrupt, &Interrupt::requested, &application, &QCoreApplication::quit);
    QApplication::setOrganizationName(u"allclear"_s);
    QApplication::setApplicationName(u"allclear"_s);
    QApplication::setApplicationVersion(QStringLiteral(ALLCLEAR_VERSION));
    loadFonts();

    QSettings settings;
    const bool shooting = !options->screenshot.isEmpty() || !options->shots.isEmpty();
    if (options->file.isEmpty() && !options->rehearse)
        options->file = settings.value(u"lastFile"_s).toString();
    options->rehearse = options->rehearse || options->file.isEmpty() || shooting;
    if (shooting)
        options->speed = shotSpeed;

    ThemeSource theme(options->light ? Appearance::Light : Appearance::Dark, options->scale);
    dress(application, theme.theme());
    QObject::connect(&theme, &ThemeSource::changed, &application, [&] { dress(application, theme.theme()); });
    Room room(*options, clockFor(*options));
    BoardWindow window(room.board(), &theme);
    window.resize(options->size);
    std::optional<Shots> shots;
    if (shooting) {
        shots.emplace(*options, room.board(), &theme, &window);
        QObject::connect(&room, &Room::chapterEntered, &*shots, &Shots::enterChapter);
    }
    FirstFrame firstFrame;
    if (options->firstFrame)
        window.installEventFilter(&firstFrame);
    options->fullScreen ? window.showFullScreen() : window.show();

    if (options->rehearse) {
        if (const Result<bool> opened = room.rehearse(); !opened) {
            std::fprintf(stderr, "allclear-board: the rehearsal cannot begin: %s\n", qUtf8Printable(opened.error().message));
            return 3;
        }
    } else {
        settings.setValue(u"lastFile"_s, QFileInfo(options->file).absoluteFilePath());
        room.open(options->file);
    }
    return QApplication::exec();
}
