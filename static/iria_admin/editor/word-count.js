/* Words and reading time below the text, counted as on the site (articles/public/article_page.py). */

const WORDS_A_MINUTE = 230;
const SIGNS_A_MINUTE = 450;
const SIGN = /[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]/gu;
const WORD = /[\p{L}\p{N}_]+(?:['’][\p{L}\p{N}_]+)?/gu;
const AFTER_TYPING = 300;

/* Only the block that changed is counted again. */
const counted = new WeakMap();

function countsOf(block) {
  if (counted.has(block)) return counted.get(block);
  const text = block.textBetween(0, block.content.size, " ", " ");
  const signs = (text.match(SIGN) ?? []).length;
  const words = (text.replace(SIGN, " ").match(WORD) ?? []).length;
  counted.set(block, { signs, words });
  return { signs, words };
}

export function countWords(editor, frame) {
  const shown = document.createElement("p");
  shown.className = "admin-count admin-word-count";
  frame.after(shown);
  let timer = 0;
  const count = () => {
    let signs = 0;
    let words = 0;
    editor.state.doc.forEach((block) => {
      const counts = countsOf(block);
      signs += counts.signs;
      words += counts.words;
    });
    const minutes = Math.max(1, Math.round(words / WORDS_A_MINUTE + signs / SIGNS_A_MINUTE));
    const total = words + signs;
    shown.textContent = total ? `${total.toLocaleString("en")} ${total === 1 ? "word" : "words"}, ${minutes} min to read` : "";
  };
  editor.on("create", count);
  editor.on("update", () => {
    clearTimeout(timer);
    timer = setTimeout(count, AFTER_TYPING);
  });
}
