// Has the page compute the recommendation anew when something is wished otherwise. Without it, what stands there is that of the defaults.

import { batteryPlot, delayPlot, plotText, svgOf } from './drawing.js';
import { profileRows, recommendationText, sweepRows } from './text.js';

const form = document.getElementById('keep-alive-wishes');
if (form !== null) {
  const measured = JSON.parse(form.dataset.measured);
  form.parentElement.hidden = false;
  form.addEventListener('input', () => {
    if (form.checkValidity()) showValue(measured, wishesOf(form));
  });
  form.addEventListener('reset', () => setTimeout(() => showValue(measured, wishesOf(form))));
  form.addEventListener('submit', (event) => event.preventDefault());
}

function wishesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, Number(value)]));
}

function showValue(measured, wishes) {
  document.getElementById('keep-alive-recommended').textContent = recommendationText(measured, wishes);
  showRows('keep-alive-sweep', sweepRows(measured, wishes));
  showRows(
    'keep-alive-profiles',
    profileRows(measured, wishes).map((cells) => ({ cells, isRecommended: false })),
  );
  showPlot('figure-keep-alive-delay', delayPlot(measured, wishes));
  showPlot('figure-keep-alive-battery', batteryPlot(measured, wishes));
}

/** The first cell of a row is its heading; classes are those that the row had before. */
function showRows(id, rows) {
  const body = document.querySelector(`#${id} tbody`);
  const classes = [...body.rows[0].cells].map((cell) => cell.className);
  const made = rows.map(({ cells, isRecommended }) => {
    const row = document.createElement('tr');
    row.className = isRecommended ? 'recommended' : '';
    row.append(
      ...cells.map((text, index) => {
        const cell = document.createElement(index === 0 ? 'th' : 'td');
        if (index === 0) cell.scope = 'row';
        cell.className = classes[index];
        cell.textContent = text;
        return cell;
      }),
    );
    return row;
  });
  body.replaceChildren(...made);
}

function showPlot(id, plotted) {
  const drawing = document.querySelector(`#${id} .drawing`);
  drawing.innerHTML = svgOf(plotted);
  drawing.setAttribute('aria-label', plotText(plotted));
}
