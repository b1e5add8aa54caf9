// A button that leads somewhere: a link to keyboards and readers, a button to the eye.

import { createLink } from "@tanstack/react-router";
import { Button, type ButtonProps } from "antd";

/** The router keeps `type` for itself, so the look of the button has another name here. */
function LookedButton({ look = "default", ...props }: Omit<ButtonProps, "type"> & { look?: "default" | "primary" | "text" }) {
  return <Button {...props} type={look} />;
}

export const ButtonLink = createLink(LookedButton);
