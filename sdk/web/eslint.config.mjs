import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import path from "node:path";
import ts from "typescript-eslint";

const here = import.meta.dirname;
const sources = ["sdk/web/src/**/*.{ts,tsx}", "plugins/*/web/**/*.{ts,tsx}"];

/** Run in the folder of the project: `eslint -c sdk/web/eslint.config.mjs sdk/web plugins tests/web`. */
export default ts.config(
  { ignores: ["build/**", "node_modules", "sdk/web/src/wire.ts", "sdk/template/**"] },
  { files: ["**/*.mjs"], extends: [js.configs.recommended], languageOptions: { globals: nodeAndBrowser() } },
  {
    files: sources,
    extends: [js.configs.recommended, ...ts.configs.strictTypeChecked, ...ts.configs.stylisticTypeChecked],
    plugins: { "react-hooks": hooks },
    languageOptions: { parserOptions: { project: path.join(here, "tsconfig.json") } },
    rules: {
      "react-hooks/rules-of-hooks": "error",
      "no-undef": "off",
      "@typescript-eslint/explicit-function-return-type": ["error", { allowExpressions: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
      "@typescript-eslint/prefer-nullish-coalescing": ["error", { ignorePrimitives: { boolean: true } }],
      // An address in brackets reads better than a dot for members that no type knows.
      "@typescript-eslint/dot-notation": ["error", { allowIndexSignaturePropertyAccess: true }],
      "@typescript-eslint/no-meaningless-void-operator": "off",
      "no-restricted-syntax": ["error", ...keysOfInputMethods()],
    },
  },
  { files: ["**/*.test.{ts,tsx}"], rules: { "@typescript-eslint/no-floating-promises": "off" } },
);

/** A key that ends a composition must reach no handler. */
function keysOfInputMethods() {
  const message = "Hand it to onKeys (ui/keys.ts), which keeps away the keys of an input method.";
  const listening = ":matches(CallExpression[callee.name='addEventListener'], CallExpression[callee.property.name='addEventListener'])";
  return [
    { selector: "JSXAttribute[name.name=/^onKey/] > JSXExpressionContainer > :not(CallExpression[callee.name='onKeys'])", message },
    { selector: `${listening}[arguments.0.value=/^key/]:not([arguments.1.callee.name='onKeys'])`, message },
  ];
}

function nodeAndBrowser() {
  const names = [
    "process", "console", "URL", "setTimeout", "clearTimeout", "setInterval", "clearInterval", "Buffer", "fetch",
    "document", "window", "getComputedStyle", "localStorage", "sessionStorage", "performance", "location", "requestAnimationFrame", "HTMLElement", "MutationObserver",
    "btoa", "crypto", "indexedDB", "navigator", "TextEncoder",
  ];
  return Object.fromEntries(names.map((name) => [name, "readonly"]));
}
