extension ReportScript {
  /// Sorts, filters and searches the index. The table is whole without it; what is chosen is kept in the address, so
  /// that going back finds the list as it was left.
  static let index = ReportScript(
    #"""
    "use strict";
    (() => {
      const step = 300;
      const find = (what) => document.querySelector(what);
      const body = find(".files tbody"), form = find(".filters"), search = find("#search"), sorting = find("#sorting");
      const more = find("#more"), status = find(".status"), headings = [...document.querySelectorAll("th[data-key]")];
      const base = find(".files").dataset.base.toLowerCase();
      const number = (text) => (text === undefined ? null : +text);
      const rows = [...body.rows].map((row, place) => ({
        row, place, v: row.dataset.v, e: "e" in row.dataset, h: row.dataset.h || "",
        name: (row.cells[1].querySelector(".folder")?.textContent ?? "") + row.cells[1].querySelector("a").textContent,
        text: base + row.cells[1].textContent.toLowerCase(), score: number(row.dataset.s),
        duration: number(row.dataset.d), bytes: number(row.dataset.b), date: number(row.dataset.t),
      }));
      const names = new Intl.Collator(undefined, { numeric: true });
      const state = { show: "all", q: "", sort: "standing", turned: false };
      let matching = rows, shown = 0;

      const isShown = (row, terms) =>
        (state.show === "all" || (state.show === "error" ? row.e : row.v === state.show)) &&
        terms.every((term) => row.text.includes(term) || (row.h && (row.h.startsWith(term) || term.startsWith(row.h))));

      const compare = (a, b) => {
        const sign = state.turned ? -1 : 1;
        if (state.sort === "standing") return sign * (a.place - b.place);
        if (state.sort === "name") return sign * names.compare(a.name, b.name) || a.place - b.place;
        const x = a[state.sort], y = b[state.sort];
        // What has no value stands last, whichever way the rest is turned; the greatest comes first.
        if (x === null || y === null) return (x === null) - (y === null) || a.place - b.place;
        return sign * (y - x) || a.place - b.place;
      };

      const extend = (count) => {
        body.append(...matching.slice(shown, shown + count).map((entry) => entry.row));
        shown = Math.min(matching.length, shown + count);
        more.hidden = shown >= matching.length;
        more.textContent = `Show more (${matching.length - shown} left)`;
      };

      const show = () => {
        const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
        matching = rows.filter((row) => isShown(row, terms)).sort(compare);
        shown = 0;
        body.replaceChildren();
        extend(step);
        const noun = rows.length === 1 ? "file" : "files";
        status.textContent = matching.length === rows.length ? `${rows.length} ${noun}`
          : `${matching.length} of ${rows.length} ${noun}`;
        for (const th of headings) {
          const isSorted = th.dataset.key === state.sort;
          const rises = (state.sort === "name" || state.sort === "standing") !== state.turned;
          if (isSorted) th.setAttribute("aria-sort", rises ? "ascending" : "descending");
          else th.removeAttribute("aria-sort");
        }
        sorting.value = state.sort;
      };

      const keep = () => {
        const kept = new URLSearchParams();
        if (state.show !== "all") kept.set("show", state.show);
        if (state.q) kept.set("q", state.q);
        if (state.sort !== "standing") kept.set("sort", state.sort);
        if (state.turned) kept.set("turned", "1");
        try { history.replaceState(null, "", "#" + kept); } catch { /* the list works without */ }
      };

      const change = (part) => { Object.assign(state, part); show(); keep(); };

      const restore = () => {
        const kept = new URLSearchParams(location.hash.slice(1));
        const chosen = form.querySelector(`input[value="${CSS.escape(kept.get("show") || "all")}"]`);
        state.show = chosen ? chosen.value : "all";
        form.querySelector(`input[value="${state.show}"]`).checked = true;
        state.q = search.value = kept.get("q") || "";
        const sort = kept.get("sort");
        state.sort = headings.some((th) => th.dataset.key === sort) ? sort : "standing";
        state.turned = kept.get("turned") === "1";
        show();
      };

      for (const th of headings) {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = th.textContent;
        th.replaceChildren(button);
        button.addEventListener("click", () => {
          const key = th.dataset.key;
          change({ sort: key, turned: state.sort === key && !state.turned });
        });
      }
      form.addEventListener("submit", (event) => event.preventDefault());
      for (const choice of form.querySelectorAll("[name=show]")) {
        choice.addEventListener("change", () => change({ show: choice.value }));
      }
      sorting.addEventListener("change", () => change({ sort: sorting.value, turned: false }));
      let typing = 0;
      search.addEventListener("input", () => {
        clearTimeout(typing);
        typing = setTimeout(() => change({ q: search.value.trim() }), 80);
      });
      document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key === "/" && document.activeElement !== search) { event.preventDefault(); search.focus(); }
        if (event.key === "Escape" && document.activeElement === search) { search.value = ""; change({ q: "" }); }
      });
      more.addEventListener("click", () => {
        const next = shown;
        extend(step);
        matching[next]?.row.querySelector("a").focus();
      });
      new IntersectionObserver((seen) => {
        if (seen.some((entry) => entry.isIntersecting)) extend(step);
      }, { rootMargin: "800px" }).observe(more.parentElement);
      addEventListener("beforeprint", () => extend(rows.length));
      addEventListener("hashchange", restore);
      form.hidden = false;
      restore();
    })();
    """#)

  /// Reads timelines out under the pointer and the keys, and wipes the masks.
  static let file = ReportScript(
    #"""
    "use strict";
    (() => {
      for (const timeline of document.querySelectorAll(".timeline")) {
        const rows = [...timeline.parentElement.querySelectorAll(".values tbody tr")];
        const start = +timeline.dataset.start, span = Math.max(+timeline.dataset.end - start, 0.001);
        const times = rows.map((row) => +row.dataset.t);
        const scrub = timeline.querySelector(".scrub"), readout = timeline.querySelector(".readout");
        const cursors = timeline.querySelectorAll(".cursor"), drawing = timeline.querySelector(".drawing");
        const read = (index) => {
          const [time, score, ballot, votes] = [...rows[index].cells].map((cell) => cell.textContent);
          const words = `${time}: score ${score}, ${ballot}, votes for manipulated ${votes}`;
          readout.textContent = words;
          scrub.setAttribute("aria-valuetext", words);
          for (const cursor of cursors) {
            cursor.setAttribute("transform", `translate(${(1000 * (times[index] - start)) / span})`);
            cursor.classList.add("on");
          }
        };
        scrub.hidden = false;
        // Where the score is highest is the moment to begin with.
        const scores = rows.map((row) => parseFloat(row.cells[1].textContent) || 0);
        scrub.value = scores.indexOf(Math.max(...scores));
        read(+scrub.value);
        scrub.addEventListener("input", () => read(+scrub.value));
        drawing.addEventListener("pointermove", (event) => {
          const box = drawing.getBoundingClientRect();
          const time = start + (span * (event.clientX - box.left)) / box.width;
          let nearest = 0;
          times.forEach((at, index) => {
            if (Math.abs(at - time) < Math.abs(times[nearest] - time)) nearest = index;
          });
          scrub.value = nearest;
          read(nearest);
        });
      }
      for (const figure of document.querySelectorAll(".key")) {
        const over = figure.querySelector(".over"), slide = figure.querySelector("input");
        const wipe = figure.querySelector(".wipe"), edge = figure.querySelector(".edge");
        const side = over.viewBox.baseVal.width;
        const turn = () => {
          const width = (side * slide.value) / 100;
          wipe.setAttribute("width", width);
          edge.setAttribute("transform", `translate(${width})`);
          edge.classList.toggle("on", slide.value > 0 && slide.value < 100);
          slide.setAttribute("aria-valuetext", `${slide.value} % of the mask`);
        };
        slide.addEventListener("input", turn);
        over.addEventListener("pointerdown", (event) => {
          over.setPointerCapture(event.pointerId);
          drag(event);
        });
        const drag = (event) => {
          if (!event.buttons) return;
          const box = over.getBoundingClientRect();
          slide.value = (100 * (event.clientX - box.left)) / box.width;
          turn();
        };
        over.addEventListener("pointermove", drag);
        turn();
      }
    })();
    """#)
}
