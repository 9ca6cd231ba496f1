/* The values of the article form by field name, each a list, and writing them back. */

const FIELD = /^[a-z_]+$/;
const NOT_WRITTEN = new Set(["csrfmiddlewaretoken", "version", "form_token", "schedule_for"]);

function fieldsOf(form) {
  return [...form.elements].filter(({ name, type }) => (
    FIELD.test(name) && !name.startsWith("_") && !NOT_WRITTEN.has(name) && type !== "submit" && type !== "file"
  ));
}

export function valuesOf(form) {
  const found = {};
  for (const field of fieldsOf(form)) {
    const value = field.type === "checkbox" ? String(field.checked) : field.value;
    (found[field.name] ??= []).push(value);
  }
  return found;
}

/* Empty rows of a list mean nothing. */
const meaning = (values = []) => JSON.stringify(values.length > 1 ? values.filter(Boolean) : values);

export function changedNames(now, before) {
  return Object.keys(now).filter((name) => meaning(now[name]) !== meaning(before[name]));
}

export function writeValues(form, values) {
  for (const [name, wanted] of Object.entries(values)) {
    let fields = fieldsOf(form).filter((field) => field.name === name);
    const rows = fields[0]?.closest("ol.ordered-choice");
    while (rows && fields.length < wanted.length) {
      rows.parentElement.querySelector(".ordered-choice-add")?.click();
      const more = fieldsOf(form).filter((field) => field.name === name);
      if (more.length === fields.length) break;
      fields = more;
    }
    fields.forEach((field, index) => write(field, wanted[index] ?? ""));
  }
}

function write(field, value) {
  if (field.dataset.editor) field.dispatchEvent(new CustomEvent("desk:write", { detail: value }));
  if (field.type === "checkbox") field.checked = value === "true";
  else field.value = value;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}
