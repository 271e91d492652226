#include "CFFmpeg.h"

#include <fcntl.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

// Frames and streams --------------------------------------------------------------------------------------------------

const int32_t *unmask_stream_display_matrix(const AVStream *stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  const AVPacketSideData *side = av_packet_side_data_get(
      stream->codecpar->coded_side_data, stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX);
  return side && side->size >= 9 * sizeof(int32_t) ? (const int32_t *)side->data : NULL;
#else
  size_t size = 0;
  const uint8_t *side = av_stream_get_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, &size);
  return side && size >= 9 * sizeof(int32_t) ? (const int32_t *)side : NULL;
#endif
}

int unmask_stream_set_display_matrix(AVStream *stream, const int32_t *matrix) {
  const size_t size = 9 * sizeof(int32_t);
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 31, 100)
  AVPacketSideData *side = av_packet_side_data_new(
      &stream->codecpar->coded_side_data, &stream->codecpar->nb_coded_side_data, AV_PKT_DATA_DISPLAYMATRIX, size, 0);
  if (!side) return AVERROR(ENOMEM);
  memcpy(side->data, matrix, size);
#else
  uint8_t *side = av_stream_new_side_data(stream, AV_PKT_DATA_DISPLAYMATRIX, size);
  if (!side) return AVERROR(ENOMEM);
  memcpy(side, matrix, size);
#endif
  return 0;
}

const int32_t *unmask_frame_display_matrix(const AVFrame *frame) {
  const AVFrameSideData *side = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
  return side && side->size >= 9 * sizeof(int32_t) ? (const int32_t *)side->data : NULL;
}

int64_t unmask_frame_bytes(const AVFrame *frame) {
  int64_t bytes = 0;
  for (int i = 0; i < AV_NUM_DATA_POINTERS; i++)
    if (frame->buf[i]) bytes += frame->buf[i]->size;
  return bytes;
}

int64_t unmask_stream_index_end(AVStream *stream) {
  int64_t end = -1;
  int count = avformat_index_get_entries_count(stream);
  for (int i = 0; i < count; i++) {
    const AVIndexEntry *entry = avformat_index_get_entry(stream, i);
    if (entry && entry->pos >= 0 && entry->pos + entry->size > end) end = entry->pos + entry->size;
  }
  return end;
}

// Watchdog ------------------------------------------------------------------------------------------------------------

struct UnmaskWatchdog {
  _Atomic int64_t deadline;  // microseconds of the monotonic clock; -1 means none
  _Atomic int state;
};

static int64_t monotonic_microseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

UnmaskWatchdog *unmask_watchdog_alloc(void) {
  UnmaskWatchdog *watchdog = av_mallocz(sizeof(*watchdog));
  if (watchdog) atomic_store(&watchdog->deadline, -1);
  return watchdog;
}

void unmask_watchdog_free(UnmaskWatchdog *watchdog) { av_free(watchdog); }

void unmask_watchdog_arm(UnmaskWatchdog *watchdog, int64_t microseconds) {
  atomic_store(&watchdog->deadline, microseconds < 0 ? -1 : monotonic_microseconds() + microseconds);
  int expired = UNMASK_WATCHDOG_EXPIRED;  // a new deadline forgives a missed one, never a cancellation
  atomic_compare_exchange_strong(&watchdog->state, &expired, UNMASK_WATCHDOG_CALM);
}

void unmask_watchdog_cancel(UnmaskWatchdog *watchdog) {
  atomic_store(&watchdog->state, UNMASK_WATCHDOG_CANCELLED);
}

void unmask_watchdog_allow_closing(UnmaskWatchdog *watchdog, int64_t microseconds) {
  atomic_store(&watchdog->deadline, monotonic_microseconds() + microseconds);
  atomic_store(&watchdog->state, UNMASK_WATCHDOG_CALM);
}

int unmask_watchdog_state(const UnmaskWatchdog *watchdog) { return atomic_load(&watchdog->state); }

static int watchdog_interrupts(void *opaque) {
  UnmaskWatchdog *watchdog = opaque;
  if (atomic_load(&watchdog->state) != UNMASK_WATCHDOG_CALM) return 1;
  int64_t deadline = atomic_load(&watchdog->deadline);
  if (deadline < 0 || monotonic_microseconds() < deadline) return 0;
  int calm = UNMASK_WATCHDOG_CALM;
  atomic_compare_exchange_strong(&watchdog->state, &calm, UNMASK_WATCHDOG_EXPIRED);
  return 1;
}

int unmask_watchdog_check(UnmaskWatchdog *watchdog) { return watchdog_interrupts(watchdog); }

void unmask_watchdog_attach(UnmaskWatchdog *watchdog, AVFormatContext *context) {
  context->interrupt_callback.callback = watchdog_interrupts;
  context->interrupt_callback.opaque = watchdog;
}

// Reading a descriptor ------------------------------------------------------------------------------------------------

typedef struct {
  int fd;
  UnmaskWatchdog *watchdog;
} Descriptor;

static int descriptor_read(void *opaque, uint8_t *buffer, int size) {
  Descriptor *descriptor = opaque;
  for (;;) {
    if (watchdog_interrupts(descriptor->watchdog)) return AVERROR_EXIT;
    // A regular file is always ready; a pipe may stay silent, so look up from the wait ten times a second.
    struct pollfd wait = {.fd = descriptor->fd, .events = POLLIN};
    int ready = poll(&wait, 1, 100);
    if (ready == 0 || (ready < 0 && errno == EINTR)) continue;
    if (ready < 0) return AVERROR(errno);
    ssize_t count = read(descriptor->fd, buffer, size);
    if (count > 0) return (int)count;
    if (count == 0) return AVERROR_EOF;
    if (errno != EINTR && errno != EAGAIN) return AVERROR(errno);
  }
}

static int64_t descriptor_seek(void *opaque, int64_t offset, int whence) {
  Descriptor *descriptor = opaque;
  if (whence & AVSEEK_SIZE) {
    struct stat status;
    return fstat(descriptor->fd, &status) < 0 ? AVERROR(errno) : status.st_size;
  }
  off_t position = lseek(descriptor->fd, offset, whence & ~AVSEEK_FORCE);
  return position < 0 ? AVERROR(errno) : position;
}

static void descriptor_close(Descriptor *descriptor) {
  if (descriptor->fd > STDIN_FILENO) close(descriptor->fd);
  av_free(descriptor);
}

AVIOContext *unmask_io_alloc(int fd, int seekable, UnmaskWatchdog *watchdog) {
  const int buffer_size = 64 * 1024;
  Descriptor *descriptor = av_mallocz(sizeof(*descriptor));
  if (!descriptor) {
    if (fd > STDIN_FILENO) close(fd);
    return NULL;
  }
  *descriptor = (Descriptor){.fd = fd, .watchdog = watchdog};
  uint8_t *buffer = av_malloc(buffer_size);
  AVIOContext *io = buffer ? avio_alloc_context(buffer, buffer_size, 0, descriptor, descriptor_read, NULL,
                                                seekable ? descriptor_seek : NULL)
                           : NULL;
  if (!io) {
    av_free(buffer);
    descriptor_close(descriptor);
  }
  return io;
}

void unmask_io_free(AVIOContext **io) {
  if (!*io) return;
  Descriptor *descriptor = (*io)->opaque;
  av_freep(&(*io)->buffer);
  avio_context_free(io);
  descriptor_close(descriptor);
}

static int deny_open(AVFormatContext *context, AVIOContext **io, const char *url, int flags, AVDictionary **options) {
  (void)url, (void)flags, (void)options;
  *io = NULL;
  av_log(context, AV_LOG_ERROR, "a reference to another file or address is not followed\n");
  return AVERROR(EPERM);
}

void unmask_deny_nested_opens(AVFormatContext *context) { context->io_open = deny_open; }

// Log -----------------------------------------------------------------------------------------------------------------

static _Atomic(UnmaskLogSink) log_sink;
static _Thread_local char last_error[1024];
static _Thread_local char partial_line[1024];
static _Thread_local int print_prefix = 1;

static void log_line(void *source, int level, const char *format, va_list arguments) {
  UnmaskLogSink sink = atomic_load(&log_sink);
  if (level > (sink ? AV_LOG_INFO : AV_LOG_ERROR)) return;
  size_t used = strlen(partial_line);
  av_log_format_line2(source, level, format, arguments, partial_line + used, (int)(sizeof(partial_line) - used),
                      &print_prefix);
  size_t length = strlen(partial_line);
  int complete = length > 0 && (partial_line[length - 1] == '\n' || partial_line[length - 1] == '\r');
  if (!complete && length < sizeof(partial_line) - 1) return;  // FFmpeg prints some lines in pieces
  while (length > 0 && (partial_line[length - 1] == '\n' || partial_line[length - 1] == '\r'))
    partial_line[--length] = 0;
  if (length > 0) {
    if (level <= AV_LOG_ERROR) memcpy(last_error, partial_line, sizeof(last_error));
    if (sink) sink(level, partial_line);
  }
  partial_line[0] = 0;
}

void unmask_log_install(UnmaskLogSink sink) {
  atomic_store(&log_sink, sink);
  av_log_set_callback(log_line);
}

const char *unmask_log_last_error(void) { return last_error; }

void unmask_log_forget(void) { last_error[0] = 0; }
