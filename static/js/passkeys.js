/* Passkeys: what a form cannot do by itself. Each form marked `data-passkey` gets what the browser's
   authenticator answers into its field `credential`, and is sent. */
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const ids = (list) => (list || []).map((each) => ({ ...each, id: bytes(each.id) }));

async function made({ publicKey }, alone) {
  const choice = { ...publicKey.authenticatorSelection };
  choice.residentKey = alone ? "required" : "discouraged";
  choice.requireResidentKey = alone;
  if (alone) choice.userVerification = "required";
  return navigator.credentials.create({
    publicKey: {
      ...publicKey,
      authenticatorSelection: choice,
      challenge: bytes(publicKey.challenge),
      user: { ...publicKey.user, id: bytes(publicKey.user.id) },
      excludeCredentials: ids(publicKey.excludeCredentials),
    },
  });
}

async function shown({ publicKey }) {
  return navigator.credentials.get({
    publicKey: {
      ...publicKey,
      challenge: bytes(publicKey.challenge),
      allowCredentials: ids(publicKey.allowCredentials),
    },
  });
}

function written(credential) {
  const answer = { clientDataJSON: text(credential.response.clientDataJSON) };
  for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) answer[part] = text(credential.response[part]);
  }
  if (credential.response.getTransports) answer.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: answer,
  });
}

async function options(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("the site gave no challenge");
  return (await answer.json()).request_options;
}

async function send(form) {
  const refused = form.querySelector("[data-refused]");
  refused.hidden = true;
  try {
    const asked = await options(form);
    const alone = form.elements.passwordless?.checked;
    const credential = await (form.dataset.passkey === "create" ? made(asked, alone) : shown(asked));
    form.elements.credential.value = written(credential);
    form.submit();
  } catch {
    refused.hidden = false;
  }
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.hidden = false;
  if (window.PublicKeyCredential) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      send(form);
    });
  } else {
    form.querySelector("[data-unable]").hidden = false;
    form.querySelector("button").disabled = true;
  }
}
