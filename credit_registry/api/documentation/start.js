"use strict";
// No inline script under the site's policy: the page names its document, this file opens it.
const place = document.getElementById("operations");
SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  deepLinking: true,
  displayRequestDuration: true,
  persistAuthorization: false,
  validatorUrl: null,
});
