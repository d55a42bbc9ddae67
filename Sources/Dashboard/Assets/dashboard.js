// SPDX-License-Identifier: Apache-2.0
// Brings a page up to date while somebody looks at it. Without this script every page is whole; it is only as old as
// its loading.
"use strict";
(() => {
    // A box that ticks all others of its form.
    document.documentElement.classList.add("scripted");
    document.addEventListener("change", (event) => {
        if (!event.target.matches("[data-all]")) return;
        for (const box of event.target.form.querySelectorAll('input[name="job"]')) box.checked = event.target.checked;
    });

    const main = document.getElementById("main");
    const news = document.getElementById("news");
    const usual = Number(main?.dataset.refresh) * 1000;
    if (!usual) return;
    const longest = 120000;
    let pause = usual;
    let timer = 0;
    let isBusy = false;

    // Who types, selects or has a form open is not to be disturbed.
    const isInUse = () => {
        const focused = document.activeElement;
        return (main.contains(focused) && /^(INPUT|TEXTAREA|SELECT|BUTTON|SUMMARY)$/.test(focused.tagName))
            || main.querySelector('.actions details[open], input[type="checkbox"]:checked') !== null
            || (window.getSelection()?.toString() ?? "") !== "";
    };

    const show = (text) => {
        const fresh = new DOMParser().parseFromString(text, "text/html");
        const live = main.querySelector("#live");
        const other = fresh.querySelector("#live");
        if (!live || !other) return;
        if (live.innerHTML !== other.innerHTML) {
            const open = [...live.querySelectorAll("details[open][id]")].map((details) => details.id);
            const focused = live.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
            live.replaceChildren(...other.childNodes);
            for (const id of open) document.getElementById(id)?.setAttribute("open", "");
            if (focused) [...live.querySelectorAll("a")].find((a) => a.getAttribute("href") === focused)?.focus();
        }
        document.title = fresh.title;
        const told = fresh.getElementById("news")?.textContent ?? "";
        if (news && told && news.textContent !== told) news.textContent = told;
        main.dataset.refresh = fresh.getElementById("main")?.dataset.refresh ?? "";
    };

    const later = (wait) => {
        clearTimeout(timer);
        timer = setTimeout(refresh, wait * (0.9 + Math.random() * 0.2));
    };

    const refresh = async () => {
        if (document.hidden || isBusy || isInUse()) return later(usual);
        isBusy = true;
        try {
            const answer = await fetch(location.href, { redirect: "error", signal: AbortSignal.timeout(20000) });
            if (!answer.ok) throw new Error(answer.status);
            show(await answer.text());
            pause = usual;
        } catch {
            pause = Math.min(pause * 2, longest);
        }
        isBusy = false;
        if (main.dataset.refresh) later(pause);
    };

    // The jobset's own events, where there are any: a second after the first of a burst, all of it is shown.
    const address = main.dataset.events;
    if (address && window.EventSource) {
        const source = new EventSource(address);
        let isDue = false;
        let isFirst = true;
        const soon = () => {
            // What it begins with is what the page shows already.
            if (isFirst) return void (isFirst = false);
            if (isDue) return;
            isDue = true;
            setTimeout(() => { isDue = false; refresh(); }, 1000);
        };
        for (const name of ["job", "jobset"]) source.addEventListener(name, soon);
        window.addEventListener("pagehide", () => source.close());
    }
    document.addEventListener("visibilitychange", () => { if (!document.hidden) later(200); });
    later(usual);
})();
