// The theme is chosen before the page is drawn, so that it does not flash. The server sends drawn panels; here
// they are laid over what is shown, node by node: what is the same stays, and with it selections and focus.
'use strict';

const themes = ['auto', 'light', 'dark'];
const theme = () => themes.includes(localStorage.getItem('theme')) ? localStorage.getItem('theme') : 'auto';
const showTheme = () => {
  document.documentElement.dataset.theme = theme();
  for (const button of document.querySelectorAll('button[data-choose]')) {
    button.setAttribute('aria-pressed', String(button.dataset.choose === theme()));
  }
};
showTheme();

function overlay(shown, wanted) {
  let old = shown.firstChild;
  for (let next = wanted.firstChild; next;) {
    const following = next.nextSibling;
    const after = old?.nextSibling ?? null;
    if (!old) shown.appendChild(next);
    else if (old.nodeType === next.nodeType && old.nodeName === next.nodeName) adapt(old, next);
    else shown.replaceChild(next, old);
    old = after;
    next = following;
  }
  while (old) {
    const after = old.nextSibling;
    old.remove();
    old = after;
  }
}

function adapt(old, next) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== next.data) old.data = next.data;
    return;
  }
  for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of next.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  overlay(old, next);
}

function watch(address) {
  let source = null;
  const state = (word) => { document.documentElement.dataset.live = word; };
  const open = () => {
    state('connecting');
    source = new EventSource(address);
    source.addEventListener('open', () => state('on'));
    source.addEventListener('panel', (event) => {
      const { name, html } = JSON.parse(event.data);
      const wanted = document.createElement('template');
      wanted.innerHTML = html;
      const shown = document.querySelector(`[data-panel="${name}"]`);
      if (shown) overlay(shown, wanted.content);
    });
    source.addEventListener('ended', () => location.replace('/sign-in'));
    source.addEventListener('error', () => {
      state('off');
      // Closed for good: without a session the page leads to the form.
      if (source?.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
    });
  };
  const close = () => {
    source?.close();
    source = null;
    state('paused');
  };
  const follow = () => {
    if (document.hidden) close();
    else if (!source) open();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
}

document.addEventListener('DOMContentLoaded', () => {
  showTheme();
  for (const button of document.querySelectorAll('button[data-choose]')) {
    button.addEventListener('click', () => {
      localStorage.setItem('theme', button.dataset.choose);
      showTheme();
    });
  }
  const address = document.body.dataset.live;
  if (address) watch(address);
});
