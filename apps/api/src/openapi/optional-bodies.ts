/** Marks an operation whose body may be left out; it does not get into the document. */
export const BODY_OPTIONAL = 'x-body-optional';

interface Operation {
  requestBody?: { required?: boolean };
  [BODY_OPTIONAL]?: true;
}

/** Says so in the OpenAPI document of marked operations: @fastify/swagger requires all bodies. */
export function sayWhichBodiesAreOptional<Document extends object>(document: Document): Document {
  const { paths = {} } = document as { paths?: Record<string, Record<string, Operation>> };
  for (const operation of Object.values(paths).flatMap((methods) => Object.values(methods))) {
    if (operation[BODY_OPTIONAL] === true && operation.requestBody !== undefined)
      operation.requestBody.required = false;
    delete operation[BODY_OPTIONAL];
  }
  return document;
}
