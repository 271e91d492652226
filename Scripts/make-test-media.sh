#!/usr/bin/env bash
# Makes the clips that the tests of Media read, ordinary and odd ones, with the ffmpeg command line.
# usage: make-test-media.sh OUTDIR     (OUTDIR/astronaut.png must exist)
set -euo pipefail
out=${1:?usage: make-test-media.sh OUTDIR}
face="$out/astronaut.png"
[ -f "$face" ] || { echo "$face is missing: run make setup" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ff() { ffmpeg -nostdin -hide_banner -loglevel error -y "$@"; }
x264=(-c:v libx264 -preset veryfast -threads 1 -bitexact)
# Two seconds of a camera moving over a face: 320x240, 25 frames a second, a key frame every ten.
moving=(-loop 1 -framerate 25 -t 2 -i "$face" -vf "crop=320:240:x=40+2*n:y=20+n,format=yuv420p")

ff "${moving[@]}" "${x264[@]}" -g 10 -movflags +faststart "$out/clip.mp4"
# The same as cameras send it: no picture refers to a later one.
ff "${moving[@]}" "${x264[@]}" -g 10 -bf 0 "$out/camera.mp4"
ff -i "$out/camera.mp4" -c copy -bitexact "$out/camera.ts"
ff -i "$out/clip.mp4" -c copy -bitexact "$out/clip.mkv"
ff -i "$out/clip.mp4" -c copy -bitexact "$out/clip.ts"
ff -i "$out/clip.mp4" -c copy -bitexact -bsf:v h264_mp4toannexb "$out/clip.h264"
ff "${moving[@]}" -c:v libvpx -b:v 1M -deadline realtime -cpu-used 8 -bitexact "$out/clip.webm"
ff "${moving[@]}" -c:v mpeg4 -q:v 3 -bitexact "$out/clip.avi"
ff -i "$out/clip.mp4" -vf "fps=10,scale=160:120,split[a][b];[a]palettegen[p];[b][p]paletteuse" -bitexact "$out/clip.gif"
ff -i "$out/clip.mp4" -vf "fps=5,scale=160:120" -f mpegts -c:v mpeg2video -q:v 3 -bitexact "$out/mpeg2.ts"

# Stills and a numbered sequence.
for kind in jpg bmp tiff webp; do ff -i "$face" -vf scale=320:240,setsar=1 -frames:v 1 -bitexact "$out/still.$kind"; done
ff -i "$face" -vf scale=320:240,setsar=1 -frames:v 1 -bitexact "$out/still.png"
ff -i "$face" -vf scale=320:240,setsar=1,format=gray -frames:v 1 -bitexact "$out/grey.png"
ff -i "$face" -vf "scale=320:240,setsar=1,split[a][b];[a]palettegen[p];[b][p]paletteuse" -frames:v 1 -bitexact "$out/palette.png"
mkdir -p "$out/sequence"
ff -i "$out/clip.mp4" -frames:v 7 -start_number 12 -bitexact "$out/sequence/img%04d.png"

# Time: variable rate (frames 0, 1, 2, then every fifth), a start that is not zero, an edit list.
ff "${moving[@]},select='lt(n\,3)+not(mod(n\,5))'" -vsync vfr "${x264[@]}" "$out/vfr.mp4"
ff -i "$out/clip.mp4" -c copy -output_ts_offset 30 -muxdelay 0 -bitexact "$out/late-start.ts"
ff -ss 0.5 -i "$out/clip.mp4" -c copy -bitexact "$out/edit-list.mp4"

# A hundred seconds of a face that sways, noisy enough for a megabyte every ten; with closed and with open groups of
# pictures.
long=(-loop 1 -framerate 12 -t 100 -i "$face"
  -vf "crop=256:192:x=90+50*sin(n/30):y=20+20*sin(n/47),noise=alls=12:allf=t:all_seed=1,format=yuv420p")
ff "${long[@]}" "${x264[@]}" -crf 18 -g 30 -movflags +faststart "$out/long.mp4"
ff "${long[@]}" "${x264[@]}" -crf 18 -g 30 -x264-params open-gop=1:bframes=4 "$out/long-open.mp4"
ff -i "$out/long.mp4" -c copy -bitexact "$out/long.mkv"
ff -i "$out/long.mp4" -c copy -bitexact "$out/long.ts"
ff "${long[@]}" -c:v mpeg4 -q:v 2 -bf 2 -bitexact "$out/long.avi"

# Geometry: rotation, pixel aspect, odd sizes, a change of size on the way.
for angle in 90 180 270; do
  ff -i "$out/clip.mp4" -c copy -metadata:s:v rotate=$angle -bitexact "$out/rotated-$angle.mp4"
done
ff "${moving[@]},setsar=4/3" "${x264[@]}" "$out/wide-pixels.mp4"
ff -i "$face" -vf "scale=321:241,setsar=1,format=yuv420p" -frames:v 1 -q:v 2 -bitexact "$out/odd.jpg"
ff -loop 1 -framerate 25 -t 0.4 -i "$face" -vf "scale=321:241,setsar=1,format=yuv444p" "${x264[@]}" -qp 10 "$out/odd.mp4"
ff -f lavfi -i "testsrc2=size=320x240:rate=25:duration=0.4" "${x264[@]}" -pix_fmt yuv420p -f h264 "$work/a.h264"
ff -f lavfi -i "testsrc2=size=480x352:rate=25:duration=0.4" "${x264[@]}" -pix_fmt yuv420p -f h264 "$work/b.h264"
cat "$work/a.h264" "$work/b.h264" > "$out/size-change.h264"

# Pixels: ten bits, interlaced, both ranges and matrices, sampling of chroma.
ff -loop 1 -framerate 25 -t 0.4 -i "$face" -vf "scale=320:240,setsar=1,format=yuv420p10le" "${x264[@]}" -qp 10 "$out/ten-bit.mp4"
ff -f lavfi -i "testsrc2=size=320x240:rate=50:duration=1" -vf "tinterlace=interleave_top,fieldorder=tff,format=yuv420p" \
  "${x264[@]}" -flags +ilme+ildct "$out/interlaced.mp4"
for format in yuv420p yuv422p yuv444p nv12 yuyv422 yuv420p10le yuv422p10le gbrp rgb24 bgr24 rgba bgra gray gray10le \
  rgb565le yuv420p10be; do
  ff -i "$face" -vf "scale=320:240:flags=area+accurate_rnd+full_chroma_int,setsar=1,format=$format" -frames:v 1 -c:v rawvideo \
    -bitexact -f nut "$out/raw-$format.nut"
done
for matrix in bt601:tv bt709:tv bt709:pc bt2020:tv; do
  name=${matrix%:*} range=${matrix#*:}
  tag=${name/bt601/smpte170m}; tag=${tag/bt2020/bt2020nc}
  ff -i "$face" -vf "scale=320:240:flags=area:out_color_matrix=$name:out_range=$range,setsar=1,format=yuv444p" -frames:v 1 \
    "${x264[@]}" -qp 1 -colorspace "$tag" -color_range "$range" "$out/$name-$range.mp4"
done

# What swscale makes of the first frame: the reference for our own scaling. reference NAME WIDTH HEIGHT FILE [FILTER,]
mkdir -p "$out/reference"
reference() {
  ff -i "$4" -vf "${5:-}scale=$2:$3:flags=${6:-area}+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24" \
    -frames:v 1 -f rawvideo "$out/reference/$1-$2x$3.rgb"
}
for name in clip rotated-180 bt601-tv bt709-tv bt709-pc bt2020-tv ten-bit; do
  reference "$name.mp4" 96 72 "$out/$name.mp4"
done
for name in rotated-90 rotated-270; do reference $name.mp4 72 96 "$out/$name.mp4"; done
for name in palette grey still; do reference $name.png 96 72 "$out/$name.png"; done
for file in "$out"/raw-*.nut; do reference "$(basename "$file")" 96 72 "$file"; done
reference wide-pixels.mp4 128 72 "$out/wide-pixels.mp4"
reference odd.mp4 97 73 "$out/odd.mp4"
reference interlaced.mp4 96 72 "$out/interlaced.mp4" "field=top,"
reference crop-clip.mp4 48 48 "$out/clip.mp4" "crop=100:80:60:40,"
reference enlarge-clip.mp4 160 120 "$out/clip.mp4" "crop=40:30:100:80," bilinear

# No video, and damage.
ff -f lavfi -i sine=duration=1 -c:a aac -bitexact "$out/sound.m4a"
ff -f lavfi -i sine=duration=1 -i "$out/still.jpg" -map 0 -map 1 -c:a libmp3lame -c:v copy -id3v2_version 3 -bitexact "$out/cover.mp3"
ff -f lavfi -i sine=duration=1 -i "$out/still.jpg" -map 0 -map 1 -c:a aac -c:v copy -disposition:v attached_pic -bitexact "$out/cover.m4a"
cut() { head -c $(($(stat -c %s "$1") * $2 / 100)) "$1" > "$3"; }
cut "$out/clip.mp4" 60 "$out/cut.mp4"
ff -i "$out/clip.mp4" -c copy -bitexact "$work/moov-last.mp4"
cut "$work/moov-last.mp4" 60 "$out/cut-before-moov.mp4"
cut "$out/clip.mkv" 50 "$out/cut.mkv"
cut "$out/still.jpg" 50 "$out/cut.jpg"
: > "$out/empty.mp4"
printf 'This is a text, not a film.\n%.0s' {1..40} > "$out/text.mp4"

# Playlists that reach for other files and for the network.
printf '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nclip.ts\n#EXT-X-ENDLIST\n' > "$out/playlist.m3u8"
printf '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nhttp://127.0.0.1:9/clip.ts\n#EXT-X-ENDLIST\n' > "$out/playlist-http.mp4"
printf 'ffconcat version 1.0\nfile clip.mp4\n' > "$out/concat.mp4"
printf 'v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n' > "$out/session.mp4"
echo "test media in $out"
