// Fetched by the pages that need it and by no other: it is as large as half of the page.
export { detailIn } from '../../texts/details.ts'
export { seenIn } from '../../texts/observed.ts'
export { unseen, whyIn } from '../../texts/unseen.ts'
