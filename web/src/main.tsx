import "@fontsource-variable/inter/wght.css";
import "./styles/base.css";
import "./styles/shell.css";
import "./styles/page.css";
import "./styles/table.css";
import "./styles/deploy.css";
import "./styles/editor.css";
import "./styles/deployment.css";
import "./styles/audit.css";
import "./styles/versions.css";
import "./styles/variables.css";

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { I18nProvider } from "./i18n";
import { queryClient, router } from "./routes";
import { AppearanceProvider } from "./shell/Appearance";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <I18nProvider>
        <AppearanceProvider>
          <QueryClientProvider client={queryClient}>
            <RouterProvider router={router} />
          </QueryClientProvider>
        </AppearanceProvider>
      </I18nProvider>
    </StrictMode>,
  );
}
