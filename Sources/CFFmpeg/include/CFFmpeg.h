// FFmpeg as the Swift module `Media` sees it: the four libraries, and a prefixed function for everything that does not
// reach Swift (macros, variadics, callbacks, fields that moved between FFmpeg 5 and 8).

#ifndef UNMASK_CFFMPEG_H
#define UNMASK_CFFMPEG_H

#include <errno.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/avutil.h>
#include <libavutil/dict.h>
#include <libavutil/display.h>
#include <libavutil/error.h>
#include <libavutil/imgutils.h>
#include <libavutil/mem.h>
#include <libavutil/opt.h>
#include <libavutil/pixdesc.h>
#include <libavutil/sha.h>
#include <libswscale/swscale.h>

#if LIBAVFORMAT_VERSION_MAJOR < 59
#error "Unmask needs FFmpeg 5.0 or later: before it, the RTSP option 'timeout' meant something else"
#endif

// Macros --------------------------------------------------------------------------------------------------------------

static inline int unmask_error_eof(void) { return AVERROR_EOF; }
static inline int unmask_error_exit(void) { return AVERROR_EXIT; }
static inline int unmask_error_invalid_data(void) { return AVERROR_INVALIDDATA; }
static inline int unmask_error_option_not_found(void) { return AVERROR_OPTION_NOT_FOUND; }
static inline int unmask_error_stream_not_found(void) { return AVERROR_STREAM_NOT_FOUND; }
static inline int unmask_error_decoder_not_found(void) { return AVERROR_DECODER_NOT_FOUND; }
static inline int unmask_error_demuxer_not_found(void) { return AVERROR_DEMUXER_NOT_FOUND; }
static inline int unmask_error_protocol_not_found(void) { return AVERROR_PROTOCOL_NOT_FOUND; }
static inline int unmask_error_patch_welcome(void) { return AVERROR_PATCHWELCOME; }
static inline int unmask_error_http_bad_request(void) { return AVERROR_HTTP_BAD_REQUEST; }
static inline int unmask_error_http_unauthorized(void) { return AVERROR_HTTP_UNAUTHORIZED; }
static inline int unmask_error_http_forbidden(void) { return AVERROR_HTTP_FORBIDDEN; }
static inline int unmask_error_http_not_found(void) { return AVERROR_HTTP_NOT_FOUND; }
static inline int unmask_error_http_other_4xx(void) { return AVERROR_HTTP_OTHER_4XX; }
static inline int unmask_error_http_server(void) { return AVERROR_HTTP_SERVER_ERROR; }
/// AVERROR(code): an errno value as FFmpeg reports it.
static inline int unmask_error_from_errno(int code) { return AVERROR(code); }
static inline int64_t unmask_no_pts(void) { return AV_NOPTS_VALUE; }

// Fields that moved between versions ----------------------------------------------------------------------------------

static inline int unmask_frame_is_key(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_KEY) != 0;
#else
  return frame->key_frame;
#endif
}

static inline int unmask_frame_is_interlaced(const AVFrame *frame) {
#if LIBAVUTIL_VERSION_INT >= AV_VERSION_INT(58, 7, 100)
  return (frame->flags & AV_FRAME_FLAG_INTERLACED) != 0;
#else
  return frame->interlaced_frame;
#endif
}

/// Whether the decoder flagged the frame, or says that it had to conceal errors in it.
static inline int unmask_frame_is_corrupt(const AVFrame *frame) {
  return (frame->flags & AV_FRAME_FLAG_CORRUPT) != 0 || frame->decode_error_flags != 0;
}

/// The nine numbers of the stream's display matrix, or NULL.
const int32_t *unmask_stream_display_matrix(const AVStream *stream);

/// Gives a stream that is to be written a display matrix of nine numbers. A negative number when memory is out.
int unmask_stream_set_display_matrix(AVStream *stream, const int32_t *matrix);

/// The nine numbers of the frame's own display matrix (EXIF orientation for instance), or NULL.
const int32_t *unmask_frame_display_matrix(const AVFrame *frame);

/// Bytes of memory the frame's reference keeps alive.
int64_t unmask_frame_bytes(const AVFrame *frame);

/// Colour matrix coefficients of swscale for `colorspace` (AVColorSpace).
static inline const int *unmask_sws_coefficients(int colorspace) { return sws_getCoefficients(colorspace); }

/// The end of the furthest sample named by the stream's index, in bytes from the start of the file; -1 without an index.
int64_t unmask_stream_index_end(AVStream *stream);

// Waiting no longer than allowed --------------------------------------------------------------------------------------

/// The interrupt callback's memory: a deadline and a cancelled flag. Any thread may arm or cancel it.
typedef struct UnmaskWatchdog UnmaskWatchdog;

enum { UNMASK_WATCHDOG_CALM = 0, UNMASK_WATCHDOG_EXPIRED = 1, UNMASK_WATCHDOG_CANCELLED = 2 };

UnmaskWatchdog *unmask_watchdog_alloc(void);
void unmask_watchdog_free(UnmaskWatchdog *watchdog);
/// Gives whatever blocks next `microseconds` from now; a negative number takes the deadline away.
void unmask_watchdog_arm(UnmaskWatchdog *watchdog, int64_t microseconds);
void unmask_watchdog_cancel(UnmaskWatchdog *watchdog);
int unmask_watchdog_state(const UnmaskWatchdog *watchdog);
/// Forgets a cancellation, for the farewell to a server, and gives it `microseconds`.
void unmask_watchdog_allow_closing(UnmaskWatchdog *watchdog, int64_t microseconds);
/// Looks at the clock as well: 1 when whatever blocks has to end.
int unmask_watchdog_check(UnmaskWatchdog *watchdog);
/// Makes `context` ask `watchdog` during every blocking call.
void unmask_watchdog_attach(UnmaskWatchdog *watchdog, AVFormatContext *context);

// Input and output ----------------------------------------------------------------------------------------------------

/// An AVIOContext that reads the open descriptor `fd` and knows no file name and no protocol. It closes `fd` when freed,
/// on failure too, except for standard input. `seekable` is true for regular files. NULL when memory is out.
AVIOContext *unmask_io_alloc(int fd, int seekable, UnmaskWatchdog *watchdog);
void unmask_io_free(AVIOContext **io);
/// Makes every attempt of a demuxer to open something further (playlist entry, data reference) fail.
void unmask_deny_nested_opens(AVFormatContext *context);

// Messages ------------------------------------------------------------------------------------------------------------

/// Receives one line of FFmpeg's own log, without its newline. May be called on any thread.
typedef void (*UnmaskLogSink)(int level, const char *line);

/// Takes FFmpeg's log away from stderr. `sink` may be NULL.
void unmask_log_install(UnmaskLogSink sink);
/// The calling thread's last line of level error or worse since `unmask_log_forget`; empty if there was none.
const char *unmask_log_last_error(void);
void unmask_log_forget(void);

#endif
