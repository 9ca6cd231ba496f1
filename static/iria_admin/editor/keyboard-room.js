/* Tells the stylesheet how much of the window the on-screen keyboard covers. */

export function followKeyboard(frame) {
  const { visualViewport } = globalThis;
  if (!visualViewport) return;
  const tell = () => {
    const covered = Math.max(0, innerHeight - visualViewport.height - visualViewport.offsetTop);
    frame.style.setProperty("--adm-keyboard", `${Math.round(covered)}px`);
  };
  visualViewport.addEventListener("resize", tell);
  visualViewport.addEventListener("scroll", tell);
}
