/** Where a browser withholds the keys that a session is made of. */
export const insecure =
  "This page came by plain HTTP from another machine, and browsers keep no keys for such pages. Put a proxy with TLS before it, set url under [plugins.dashboard], and open it by https.";
