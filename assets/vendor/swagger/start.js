/* Starts Swagger UI on the address that the page names. */
(function () {
  "use strict";
  const place = document.getElementById("swagger-ui");
  window.SwaggerUIBundle({ url: place.dataset.openapi, domNode: place, deepLinking: true, tryItOutEnabled: true, validatorUrl: null });
})();
