/** The page: what is known of a patient on the left, what the guideline says on the right. */
import { render } from "preact";

const place = document.getElementById("page");
if (place) render(<main />, place);
