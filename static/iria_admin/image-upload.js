/* Files dropped on a <image-drop>, or chosen in its form, are uploaded one by one, each with its own
   progress and result; a failure does not affect the others. The response to each is the fragment that
   the page shows without this script (templates/admin/articles/library/_upload_results.html). */

const AT_ONCE = 2;

class PictureDrop extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    if (!this.form) return;
    this.input = this.form.querySelector("input[type=file]");
    this.input.required = false;
    this.queue = [];
    this.running = 0;
    this.addElements();
    this.form.addEventListener("submit", (event) => {
      if (!this.input.files.length) return;
      event.preventDefault();
      event.stopPropagation();
      this.upload([...this.input.files]);
      this.form.reset();
    });
    /* The upload starts when files are chosen. */
    for (const button of this.form.querySelectorAll("[type=submit]")) button.hidden = true;
    this.input.addEventListener("change", () => { if (this.input.files.length) this.form.requestSubmit(); });
    this.addEventListener("submit", (event) => this.decide(event));
    const area = "anywhere" in this.dataset ? document : this;
    for (const name of ["dragenter", "dragover"]) {
      area.addEventListener(name, (event) => {
        if (!event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        this.classList.add("over");
      });
    }
    area.addEventListener("dragleave", (event) => {
      if (!event.relatedTarget || !area.contains(event.relatedTarget)) this.classList.remove("over");
    });
    // Pasted files go to the area of the open dialog, else to that of the page.
    document.addEventListener("paste", (event) => {
      const files = [...event.clipboardData?.files ?? []];
      const dialog = document.querySelector("dialog:modal");
      if (!files.length || !this.isConnected || (dialog && !dialog.contains(this)) || event.defaultPrevented) return;
      event.preventDefault();
      this.upload(files);
    });
    area.addEventListener("drop", (event) => {
      this.classList.remove("over");
      if (!event.dataTransfer?.files.length) return;
      event.preventDefault();
      this.upload([...event.dataTransfer.files]);
    });
  }

  /* The buttons for a possible duplicate replace their result. */
  async decide(event) {
    const form = event.target.closest(".image-like");
    if (!form) return;
    event.preventDefault();
    event.stopPropagation();
    const row = form.closest("li");
    const pressed = event.submitter;
    const data = new FormData(form, pressed);
    const address = new URL(form.action);
    address.searchParams.set("fragment", "1");
    try {
      const response = await fetch(address, { method: "POST", body: data, credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const answer = page.querySelector(".image-received > li");
      if (!response.ok || !answer) throw new Error(String(response.status));
      row.replaceWith(answer);
      answer.tabIndex = -1;
      answer.focus();
      this.finish();
    } catch {
      // `form.submit()` does not send the pressed button.
      if (pressed) {
        const { name, value } = pressed;
        form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
      }
      address.searchParams.delete("fragment");
      form.action = address;
      form.submit();
    }
  }

  addElements() {
    this.summary = Object.assign(document.createElement("p"), { className: "image-drop-summary", hidden: true });
    this.summary.setAttribute("role", "status");
    this.results = Object.assign(document.createElement("ul"), { className: "image-received" });
    this.append(this.summary, this.results);
  }

  upload(files) {
    this.total = (this.total ?? 0) + files.length;
    for (const file of files) {
      const row = document.createElement("li");
      const name = Object.assign(document.createElement("strong"), { textContent: file.name });
      const bar = Object.assign(document.createElement("progress"), { max: 1, value: 0 });
      bar.setAttribute("aria-label", `Uploading ${file.name}`);
      row.className = "waiting";
      row.append(name, " ", bar);
      this.results.append(row);
      this.queue.push({ file, row, bar });
    }
    this.showProgress();
    while (this.running < AT_ONCE && this.queue.length) this.next();
  }

  next() {
    const job = this.queue.shift();
    if (!job) {
      if (!this.running) this.finish();
      return;
    }
    this.running += 1;
    const data = new FormData();
    data.append("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    data.append(this.input.name, job.file);
    const request = new XMLHttpRequest();
    const address = new URL(this.form.getAttribute("action") || location.href, location.href);
    address.searchParams.set("fragment", "1");
    request.open("POST", address);
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) job.bar.value = event.loaded / event.total;
    });
    request.upload.addEventListener("load", () => job.bar.removeAttribute("value"));
    request.addEventListener("loadend", () => {
      this.running -= 1;
      this.settle(job, request);
      this.showProgress();
      this.next();
    });
    request.send(data);
  }

  settle(job, request) {
    const page = new DOMParser().parseFromString(request.responseText || "", "text/html");
    const rows = [...page.querySelectorAll(".image-received > li")];
    if (request.status === 200 && rows.length) {
      job.row.replaceWith(...rows);
      return;
    }
    job.bar.remove();
    job.row.className = "refused";
    const again = Object.assign(document.createElement("button"), {
      type: "button", className: "button", textContent: "Upload again",
    });
    again.addEventListener("click", () => {
      job.row.remove();
      this.total -= 1;
      this.upload([job.file]);
    });
    job.row.append(" was not uploaded: the connection was interrupted. ", again);
  }

  showProgress() {
    const done = this.total - this.queue.length - this.running;
    this.summary.hidden = false;
    this.summary.textContent = done < this.total
      ? `${done} of ${this.total} files uploaded.`
      : `${this.total} of ${this.total} files finished.`;
  }

  /* The list of a library shows what has arrived. */
  async finish() {
    this.dispatchEvent(new CustomEvent("picture:arrived", { bubbles: true }));
    const list = document.querySelector(".change-list #changelist-form");
    if (!list || !("anywhere" in this.dataset)) return;
    const response = await fetch(location.href, { credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const [now, found] = [list, page].map((place) => place.querySelector("#result_list, .admin-no-rows"));
    if (response.ok && now && found) now.replaceWith(found);
  }
}

if (!customElements.get("image-drop")) customElements.define("image-drop", PictureDrop);
