// Opens the target of a link, filters checks by words, and saves the records. The page works without it.

/** Opens the target of the address and everything that folds it away. */
function reveal() {
  const target = document.getElementById(decoded(location.hash.slice(1)));
  if (target === null) return;
  for (let folded = target.closest('details'); folded !== null; folded = folded.parentElement.closest('details')) {
    folded.open = true;
  }
  if (target.classList.contains('check') && target.offsetParent === null) {
    document.getElementById('only-all').checked = true;
    search.value = '';
    find();
  }
  target.scrollIntoView();
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const search = document.getElementById('find-checks');

/** Shows the checks whose id or claim has every word. */
function find() {
  const words = search.value.toLowerCase().split(/\s+/);
  for (const check of document.querySelectorAll('.check')) {
    const text = check.firstElementChild.textContent.toLowerCase();
    check.classList.toggle('unfound', !words.every((word) => text.includes(word)));
  }
}

/** The records, from gzip in base64. */
async function records() {
  const packed = atob(document.getElementById('records').textContent);
  const bytes = Uint8Array.from(packed, (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).blob();
}

function save(blob, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

function button(text, name, content) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = text;
  made.addEventListener('click', async () => save(await content(), name));
  return made;
}

if (document.getElementById('records') !== null) {
  document.getElementById('save-records').append(button('Save records.jsonl', 'records.jsonl', records));
}
for (const raw of document.querySelectorAll('.raw')) {
  const { id } = raw.closest('figure');
  const values = () => new Blob([raw.querySelector('pre').textContent], { type: 'text/csv' });
  raw.append(button('Save as CSV', `${id}.csv`, values));
}
search.parentElement.hidden = false;
search.addEventListener('input', find);
addEventListener('hashchange', reveal);
reveal();
